/// <reference lib="dom" />
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { END_MS, HOUR_MS } from "./fixture/candles.ts";
import { differenceFromReference, isLikeReference, writeReference } from "./reference-picture.ts";
import { goWithin, hasBrowser, launch, openStage, PHONE, pretend, settled, WIDE } from "./stage.ts";

/** Stands on each page of the app, since all trading is stopped in what the pages show. */
const ARM = "Arm it again";
/** Set to `write`, the pictures are made anew in place of being compared. */
const MODE = process.env.REFERENCES ?? "compare";
/** Pictures in a row that must be the same before a page counts as still, and how many are tried. */
const SAME_PICTURES = 3;
const PICTURES_MAX = 40;

/** Every page in turn, some fifteen seconds each on two cores that take all four kinds of pictures beside other tests. */
const PAGES_MS_MAX = 600_000;

interface ReferencePage {
  readonly name: string;
  readonly path: string;
  readonly signedOut?: true;
  /** What is scrolled to the top of the screen. */
  readonly part?: string;
  /** A button that is pressed first. */
  readonly press?: string;
  /** What stands on the page once it has loaded all it loads. */
  readonly ready?: string;
  /** Taken in both themes on both screens; others dark on the wide one and light on the phone, which shows each of them. */
  readonly everywhere?: true;
}

const PAGES: readonly ReferencePage[] = [
  { name: "sign-in", path: "/sign-in", signedOut: true },
  { name: "dashboard", path: "/", ready: "canvas", everywhere: true },
  { name: "bots", path: "/bots" },
  { name: "new-bot", path: "/bots/new", ready: "canvas" },
  { name: "bot", path: "/bots/b1", press: "All", ready: "canvas", everywhere: true },
  { name: "orders", path: "/orders" },
  { name: "risk", path: "/risk", everywhere: true },
  { name: "journal", path: "/journal" },
  { name: "new-run", path: "/backtests/new" },
  { name: "data", path: "/data" },
  { name: "editor", path: "/strategies/s1", ready: "text=/exits that a run would take/" },
  { name: "report", path: "/backtests/r1", ready: "canvas", everywhere: true },
  { name: "chart", path: "/backtests/r1", part: "#chart", press: "3M", ready: "text=/^rsi/" },
];

describe.skipIf(!hasBrowser)("what the pages look like", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test.concurrent.each([
    ["wide", "dark", WIDE],
    ["wide", "light", WIDE],
    ["phone", "dark", PHONE],
    ["phone", "light", PHONE],
  ] as const)(
    "on a %s screen in the %s theme, pages look as they did",
    async (size, theme, viewport) => {
      const differences: string[] = [];
      const isUsual = (size === "wide") === (theme === "dark");
      const { context, page } = await openStage(browser, { viewport, theme });
      // Ages of rows are rounded down to hours: half an hour in, they cannot change while the page loads.
      await page.clock.install({ time: END_MS + 1.5 * HOUR_MS });
      for (const shown of PAGES.filter(({ everywhere }) => isUsual || everywhere)) {
        await show(page, shown);
        const name = `${shown.name}-${size}-${theme}`;
        if (MODE === "write") writeReference(name, await stillPicture(page));
        else differences.push(...(await differencesFrom(page, name)));
      }
      await context.close();
      expect(differences).toEqual([]);
    },
    PAGES_MS_MAX,
  );
});

/** Goes to a page, from another one within the app where that is one of it, and waits until all of it stands there. */
async function show(page: Page, { path, signedOut, part, press, ready }: ReferencePage): Promise<void> {
  const isWithin = signedOut !== true && (await page.getByRole("button", { name: ARM }).count()) > 0;
  if (isWithin) {
    await goWithin(page, path);
  } else {
    await page.unrouteAll();
    await pretend(page, signedOut === true ? "signed-out" : "full");
    await page.goto(path);
  }
  await settled(page);
  // What the frame of every page loads by itself may come after all that stands inside it.
  if (signedOut !== true) await page.getByRole("button", { name: ARM }).waitFor();
  if (press !== undefined) await page.getByRole("button", { name: press, exact: true }).click();
  // A pointer over the chart would leave its cross there.
  await page.mouse.move(0, 0);
  if (ready !== undefined) await page.locator(ready).first().waitFor();
  if (part !== undefined) await page.evaluate((place) => document.querySelector(place)?.scrollIntoView(), part);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** How the page differs from what it should look like: not at all as soon as it does not, else once nothing moves any more. */
async function differencesFrom(page: Page, name: string): Promise<readonly string[]> {
  if (isLikeReference(name, await page.screenshot())) return [];
  const found = differenceFromReference(name, await stillPicture(page));
  return found === undefined ? [] : [found];
}

/** The page as it stands once nothing moves any more, at a time of day that is always the same. */
async function stillPicture(page: Page): Promise<Buffer> {
  let last = await page.screenshot();
  for (let taken = 1, same = 1; taken < PICTURES_MAX && same < SAME_PICTURES; taken++) {
    const next = await page.screenshot();
    same = next.equals(last) ? same + 1 : 1;
    last = next;
  }
  return last;
}

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findingsOf } from "./axe.ts";
import { expectNoOverflow, goWithin, hasBrowser, launch, openStage, PHONE, pretend, settled, WIDE } from "./stage.ts";

const PAGES = [
  "/",
  "/bots",
  "/bots/new",
  "/bots/b1",
  "/bots/b1?tab=shadow",
  "/bots/b2?tab=shadow",
  "/bots/b3?tab=log",
  "/bots/b1/edit",
  "/orders",
  "/orders?view=trades",
  "/orders?order=sk037f0q9z1m4",
  "/orders?order=sk0a7f0q9z1m4",
  "/orders?ticket=open",
  "/risk",
  "/journal",
  "/journal?trade=j3",
  "/journal?trade=j0",
  "/backtests",
  "/backtests/new",
  "/backtests/r1",
  "/backtests/r4",
  "/backtests/r6",
  "/compare?ids=r1,r4",
  "/strategies",
  "/strategies/s1",
  "/strategies/s2",
  "/strategies/language",
  "/data",
  "/data?import=open",
  "/data/d2",
  "/audit",
  "/audit?entry=84",
  "/settings?section=notifications",
  "/admin",
  "/admin?section=users",
  "/admin?section=work",
  "/admin?section=objects",
  "/admin?section=backups",
  "/admin?section=trail",
];

/** Every page in turn, some five seconds each on two cores that walk both screens beside other tests. */
const PAGES_MS_MAX = 600_000;

describe.skipIf(!hasBrowser)("every page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test.concurrent.each([
    ["wide", WIDE, "dark"],
    ["phone", PHONE, "light"],
  ] as const)(
    "on a %s screen holds long names and full tables, is complained of by no browser, and breaks no rule of WCAG 2.2 AA",
    async (_, viewport, theme) => {
      const { context, page, complaints } = await openStage(browser, { viewport, theme });
      await pretend(page, "full");
      const findings: string[] = [];
      await page.goto(PAGES[0]);
      for (const path of PAGES) {
        await goWithin(page, path);
        await settled(page);
        await expectNoOverflow(page, path);
        expect(complaints, path).toEqual([]);
        findings.push(...(await findingsOf(page)).map((finding) => `${path} ${finding}`));
      }
      expect(findings).toEqual([]);
      await context.close();
    },
    PAGES_MS_MAX,
  );

  test("the sign-in page is as sound", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "signed-out");
    await page.goto("/sign-in");
    await settled(page);
    expect(await findingsOf(page)).toEqual([]);
    await context.close();
  });
});

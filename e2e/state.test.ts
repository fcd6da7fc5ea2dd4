import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectNoOverflow, hasBrowser, launch, openStage, PHONE, pretend, settled, WIDE } from "./stage.ts";

const PAGES = [
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
  "/data/d2",
];
const LISTS = [
  ["/backtests", "Run the first backtest"],
  ["/strategies", "Write the first one"],
  ["/data", "Import candles"],
] as const;

describe.skipIf(!hasBrowser)("pages in every state", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test.each([
    ["wide", WIDE, "dark"],
    ["phone", PHONE, "light"],
  ] as const)(
    "long names and full tables fit a %s screen, and the browser complains of nothing",
    async (_, viewport, theme) => {
      const { context, page, complaints } = await openStage(browser, { viewport, theme });
      await pretend(page, "full");
      for (const path of PAGES) {
        await page.goto(path);
        await settled(page);
        await expectNoOverflow(page, path);
        expect(complaints, path).toEqual([]);
      }
      await context.close();
    },
  );

  test("a list with nothing in it says what would be there and offers the one thing to do", async () => {
    const { context, page } = await openStage(browser, { viewport: PHONE });
    await pretend(page, "empty");
    for (const [path, action] of LISTS) {
      await page.goto(path);
      await settled(page);
      expect(await page.getByText(action).first().isVisible(), path).toBe(true);
      await expectNoOverflow(page, path);
    }
    await context.close();
  });

  test("a list is downloaded as it is filtered and sorted", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "full");
    await page.goto("/backtests?q=bitcoin&sort=name&order=asc");
    await settled(page);
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download these backtests as CSV" }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe("backtests.csv");
    const names = readFileSync(await download.path(), "utf8")
      .trimEnd()
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(",")[1]);
    expect(names.length).toBeGreaterThan(3);
    expect(names.every((name) => name.includes("bitcoin"))).toBe(true);
    expect(names).toEqual([...names].sort());
    await context.close();
  });

  test("a failure says what happened and can be tried again", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "broken");
    for (const path of ["/backtests", "/backtests/r1", "/strategies/s1", "/data", "/data/d1"]) {
      await page.goto(path);
      await page.getByText("The request could not be finished.").first().waitFor();
      expect(await page.getByRole("button", { name: "Try again" }).first().isVisible(), path).toBe(true);
    }
    await context.close();
  });

  test("ten thousand trades scroll and sort with no pause that a person notices", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "full");
    const { reportOf } = await import("./fixture/report.ts");
    const trades = JSON.stringify(reportOf(10_000).trades);
    await page.route("**/report/trades", (route) => route.fulfill({ contentType: "application/json", body: trades }));
    await page.goto("/backtests/r1");
    await settled(page);
    const table = page.getByRole("table", { name: /^Trades\. / });
    expect(await table.getByRole("row").count()).toBeLessThan(80);
    await table.getByRole("button", { name: "Profit", exact: true }).click();
    await table.focus();
    await page.keyboard.press("End");
    await page.waitForURL(/trade=/);
    expect(await table.locator("[aria-selected=true]").count()).toBe(1);
    await context.close();
  });
});

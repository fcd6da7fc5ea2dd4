import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { baseUrl, hasBrowser, launch, openSignedIn, openStage, settled, signInWithDemo } from "./stage.ts";

/** Candles that a trader may have on disk: a wave, with one row in which the high is below the low. */
function waveCsv(rows: number): string {
  const lines = ["time,open,high,low,close,volume"];
  for (let index = 0; index < rows; index++) {
    const time = new Date(Date.UTC(2024, 0, 1) + index * 3_600_000).toISOString();
    const open = 100 + 10 * Math.sin(index / 12);
    const close = 100 + 10 * Math.sin((index + 1) / 12);
    const high = index === 40 ? 1 : Math.max(open, close) + 0.5;
    lines.push([time, open, high, Math.min(open, close) - 0.5, close, 5].join(","));
  }
  return lines.join("\n");
}

describe.skipIf(!hasBrowser)("a trader's first hour", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test("from signing in to reading the report: run, progress, verdict, chart, trades", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    await page.goto("/backtests/new");
    await page.getByLabel("Name, if you like").fill("First run");
    await page.keyboard.press("Control+Enter");
    await page.waitForURL(/\/backtests\/(?!new)/);
    await page.getByText("Net profit").first().waitFor();
    await settled(page);
    await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent()).toContain("First run");
    for (const part of ["Is it real?", "Months", "Trades", "Breakdowns", "All statistics", "Settings and receipt"]) {
      expect(await page.getByRole("region", { name: part, exact: true }).count(), part).toBe(1);
    }
    const rows = page.getByRole("table", { name: /^Trades\. / }).getByRole("row");
    await rows.nth(3).click();
    await page.waitForURL(/trade=/);
    await page.getByText("SIMULATED").first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a run says how far and how fast it is while it works, and stops when asked", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    await page.goto("/backtests/new");
    await settled(page);
    await page.getByLabel("Timeframe", { exact: true }).selectOption("1m");
    await page.getByRole("combobox", { name: "Strategy" }).selectOption("library:rsi-reversion");
    await page.getByRole("button", { name: /^Run/ }).click();
    await page.waitForURL(/\/backtests\/run/);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.waitForFunction(() => {
      const bar = document.querySelector("[role=progressbar]");
      return Number(bar?.getAttribute("aria-valuenow") ?? 0) > 0;
    });
    await page.getByRole("button", { name: "Stop the run" }).click();
    await page.getByRole("heading", { name: "The run was stopped" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a file dropped in is checked, stored and reported, and its candles can be traded at once", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    await page.goto("/data?import=open");
    const buffer = Buffer.from(waveCsv(600));
    await page.setInputFiles("input[type=file]", { name: "WAVEUSD_H1.csv", mimeType: "text/csv", buffer });
    await expect.poll(() => page.getByLabel("Symbol", { exact: true }).inputValue()).toBe("WAVE-USD");
    await page
      .getByRole("button", { name: /^Import/ })
      .last()
      .click();
    await page.getByText("Stored. This is what was found.").waitFor();
    await expect.poll(() => page.getByRole("dialog").textContent()).toMatch(/599[\s\S]*high/);
    await page.getByRole("link", { name: "Backtest on them" }).click();
    await page.waitForURL(/dataset=/);
    await settled(page);
    await expect.poll(() => page.getByRole("form").textContent()).toContain("WAVE-USD");
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a file that is no candles is refused with the reason, and nothing is stored", async () => {
    const { context, page } = await openSignedIn(browser);
    await page.goto("/data?import=open");
    const buffer = Buffer.from("this,is\nnot,candles\n");
    await page.setInputFiles("input[type=file]", { name: "NOISE.csv", mimeType: "text/csv", buffer });
    await page
      .getByRole("button", { name: /^Import/ })
      .last()
      .click();
    await page.getByRole("alert").waitFor();
    await page.goto("/data");
    await settled(page);
    await expect.poll(() => page.getByRole("table", { name: "Datasets" }).textContent()).not.toContain("NOISE");
    await context.close();
  });

  test("a mistake in the rules is underlined under the word and explained, and mending it shows signals", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    await page.goto("/strategies/new");
    await settled(page);
    const editor = page.getByRole("textbox", { name: "Rules" });
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.insertText("enter long when smaa(close, 10) > close\nexit long when close > sma(close, 10)\n");
    await page.locator(".cm-lintRange-error").first().waitFor();
    await expect.poll(() => page.locator(".cm-lintRange-error").first().textContent()).toContain("smaa");
    await page.getByText(/Did you mean/).waitFor();
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.insertText("enter long when sma(close, 10) > close\nexit long when close > sma(close, 10)\n");
    await page.getByText("The rules make sense.").waitFor();
    await page.getByText(/entries and \S+ exits that a run would take on/).waitFor();
    await page.getByLabel("Name of the strategy").fill("Below the mean");
    await page.keyboard.press("Control+s");
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/strategies\/(?!new)/);
    await page.getByText("Version 1").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a wrong number is told at its field and in a summary that takes the focus, and starts nothing", async () => {
    const { context, page } = await openSignedIn(browser);
    await page.goto("/backtests/new");
    await settled(page);
    await page.getByLabel("Taker fee", { exact: true }).fill("200");
    await page.getByRole("button", { name: /^Run/ }).click();
    await page.getByText("The run did not start").waitFor();
    await expect.poll(() => page.getByLabel("Taker fee", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("alert");
    expect(new URL(page.url()).pathname).toBe("/backtests/new");
    await page.reload();
    await settled(page);
    await expect.poll(() => page.getByLabel("Taker fee", { exact: true }).inputValue()).toBe("200");
    await page.getByRole("button", { name: "Back to the defaults" }).click();
    await expect.poll(() => page.getByLabel("Taker fee", { exact: true }).inputValue()).toBe("0.1");
    await context.close();
  });

  test("several markets share the equity, a fast average that is slow is pointed out, and both are kept until asked to start fresh", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    await page.goto("/backtests/new");
    await settled(page);
    await page.getByRole("combobox", { name: "Candles", exact: true }).selectOption({ index: 1 });
    await page.getByText("2 markets share the equity, 50 % each.").waitFor();
    await page.getByLabel("Fast period", { exact: true }).fill("60");
    await page.getByText("Fast (60) is slower than slow (50)").waitFor();
    await page.goto("/backtests/new");
    await page.getByText("Kept from your last visit.").waitFor();
    await expect.poll(() => page.getByLabel("Fast period", { exact: true }).inputValue()).toBe("60");
    await page.getByRole("button", { name: "Start fresh" }).click();
    await expect.poll(() => page.getByLabel("Fast period", { exact: true }).inputValue()).toBe("20");
    expect(await page.getByText("Kept from your last visit.").count()).toBe(0);
    expect(await page.getByText(/markets share the equity/).count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a stretch asked for while the chart is on its way is the one it opens at", async () => {
    const { context, page } = await openSignedIn(browser);
    const asked = Promise.withResolvers<void>();
    await page.route("**/candles?*", async (route) => {
      await asked.promise;
      await route.continue();
    });
    await page.goto("/backtests");
    await page.getByRole("row", { name: /First run/ }).click();
    const chart = page.getByRole("region", { name: "Price, equity and draw-down" });
    await chart.getByRole("button", { name: "1M" }).click();
    // The whole run's indicators may still be on their way; those of the stretch are asked for once it is on screen.
    const detail = page.waitForRequest((request) => /\/indicators\?/.test(request.url()) && daysOf(request.url()) < 60);
    asked.resolve();
    expect(daysOf((await detail).url())).toBeGreaterThan(29);
    await expect.poll(() => chart.getByRole("button", { name: "1M" }).getAttribute("aria-pressed")).toBe("true");
    await context.close();
  });

  test("the report's chart shows what the strategy looks at, and remembers when that is not wanted", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    await page.goto("/backtests");
    await page.getByRole("row", { name: /First run/ }).click();
    const chart = page.getByRole("region", { name: "Price, equity and draw-down" });
    const stretches = chart.getByRole("group", { name: "Stretch of time" });
    await stretches.getByRole("button", { name: "All", pressed: true }).waitFor();
    await stretches.getByRole("button", { name: "1M" }).click();
    await chart.getByText("sma(close, 20)").waitFor();
    await chart.getByText("sma(close, 50)").waitFor();
    await expect.poll(() => stretches.getByRole("button", { pressed: true }).textContent()).toBe("1M");
    await chart.getByRole("button", { name: "Indicators" }).click();
    await chart.getByText("sma(close, 20)").waitFor({ state: "detached" });
    expect(await page.evaluate(() => localStorage.getItem("apextrade.preferences"))).toContain('"indicators":"hidden"');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("every word of the rule language is explained and found by what it does", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    await page.goto("/strategies");
    await settled(page);
    await page.keyboard.press("?");
    await page.getByRole("link", { name: "Rule language, word by word" }).click();
    await page.waitForURL("**/strategies/language");
    await page.getByRole("heading", { name: "Functions and indicators" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("bollinger");
    await page.getByText(/^\d of \d+ words$/).waitFor();
    expect(await page.getByRole("heading", { name: "Sentences" }).count()).toBe(0);
    expect(new URL(page.url()).search).toBe("?q=bollinger");
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("two runs stand side by side with their differences and the settings that differ", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    await page.goto("/backtests");
    await page.getByRole("row", { name: /First run/ }).click();
    await page.getByRole("link", { name: "Run again with changes" }).click();
    await settled(page);
    await page.getByLabel("Name, if you like").fill("Second run");
    await page.getByLabel("Cash", { exact: true }).fill("25000");
    await page.keyboard.press("Control+Enter");
    await page.waitForURL(/\/backtests\/run/);
    await page.getByText("Net profit").first().waitFor();
    await page.goto("/backtests");
    await page.getByRole("checkbox", { name: "Choose First run" }).check();
    await page.getByRole("checkbox", { name: "Choose Second run" }).check();
    await page.getByRole("link", { name: "Compare" }).click();
    await settled(page);
    const settings = await page.getByRole("region", { name: "Settings that differ" }).first().textContent();
    expect(settings).toMatch(/25,000\.00\sUSD/);
    expect(settings).toMatch(/10,000\.00\sUSD/);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("the whole app can be walked by keyboard", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    await page.goto("/data");
    await settled(page);
    await page.keyboard.press("g");
    await page.keyboard.press("b");
    await page.getByRole("heading", { name: "Backtests" }).waitFor();
    await settled(page);
    await page.keyboard.press("/");
    await page.keyboard.type("run");
    expect(new URL(page.url()).search).toContain("q=run");
    await page.keyboard.press("Escape");
    await page.getByRole("table", { name: "Backtests" }).getByRole("row").nth(1).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/backtests\/run/);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard and help" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Search" }).waitFor();
    await page.keyboard.type("strategies");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/strategies");
    await page.keyboard.press("n");
    await page.waitForURL("**/backtests/new");
    await page.getByRole("button", { name: /^Run/ }).waitFor();
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
    await page.keyboard.press("Control+Enter");
    await page.waitForURL(/\/backtests\/run/);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("signing out leaves nothing to see, and a page asked for then is shown after signing in", async () => {
    const { context, page } = await openStage(browser);
    await signInWithDemo(page);
    await page.goto("/strategies/new");
    await settled(page);
    await page.getByRole("textbox", { name: "Rules" }).click();
    await page.keyboard.insertText("# nobody else's business");
    const stored = () =>
      page.evaluate(() => Object.keys(localStorage).filter((name) => !name.endsWith(".preferences")));
    await page.waitForFunction(() =>
      Object.values(localStorage).some((text) => text.includes("nobody else's business")),
    );
    await page.getByRole("button", { name: "Account and appearance" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.waitForURL("**/sign-in");
    expect(await stored()).toEqual([]);
    await page.goto("/data");
    await page.waitForURL(/sign-in\?next=/);
    await page.getByRole("button", { name: "Use the demo account" }).click();
    await page.waitForURL(`${baseUrl}/data`);
    await context.close();
  });
});

/** Days between the ends of the stretch that an address asks for. */
function daysOf(address: string): number {
  const { searchParams } = new URL(address);
  return (Number(searchParams.get("to")) - Number(searchParams.get("from"))) / 86_400_000;
}

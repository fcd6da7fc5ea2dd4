import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { becomeTrader } from "./newcomer.ts";
import { hasBrowser, launch, openStage } from "./stage.ts";

/** What the design gives a new trader from an empty account to a bot that runs. */
const NOTHING_TO_BOT_MS_MAX = 120_000;

describe.skipIf(!hasBrowser)("trading on paper", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test("from nothing to a running bot, an order by hand, and the kill switch that closes it", async () => {
    const { context, page, complaints } = await openStage(browser);
    await becomeTrader(page, "Nora");

    const began = performance.now();
    await page.getByRole("link", { name: "Start the first bot" }).click();
    await page.getByRole("button", { name: "Make the account and show last month" }).click();
    await page.getByText("Caps must leave room for").waitFor();
    await page.getByRole("button", { name: /^Start/ }).click();
    await page.waitForURL(/\/bots\/bot_/);
    await page.getByText("Running", { exact: true }).waitFor();
    expect(performance.now() - began).toBeLessThan(NOTHING_TO_BOT_MS_MAX);
    await page.getByRole("region", { name: "Chart" }).locator("canvas").first().waitFor();
    await page.getByRole("region", { name: "Chart" }).getByText("Live").waitFor();

    await page.goto("/orders?ticket=open");
    await page.getByLabel("Quantity").fill("0.25");
    await page.keyboard.press("Control+Enter");
    const order = page.getByRole("dialog", { name: "Buy 0.25 BTC-USD" });
    await order.getByText("Let through.").waitFor();
    await order.getByText("Filled", { exact: true }).first().waitFor();

    const journal = await context.newPage();
    await journal.goto("/journal");
    await journal.getByRole("heading", { name: "Journal" }).waitFor();
    await journal.getByText("Live").first().waitFor();

    await page.bringToFront();
    await page.goto("/");
    await page.getByText("Long 0.25 BTC-USD").first().waitFor();
    await page.getByRole("button", { name: "Stop trading" }).click();
    await page.getByRole("checkbox", { name: "Also close what is held" }).check();
    await page.getByText("At the market: sell 0.25 BTC.").waitFor();
    await page.getByRole("button", { name: /^Hold to stop everything/ }).focus();
    await page.keyboard.down("Enter");
    await page.getByRole("dialog").getByText("Trading is stopped").waitFor();
    await page.keyboard.up("Enter");
    await page.getByRole("link", { name: "See states under Risk" }).click();
    await page.getByText("HALTED").first().waitFor();

    // It was open before the trade had ended, and was not loaded since.
    await journal.bringToFront();
    await journal.getByRole("row", { name: /Long 0.25 BTC-USD/ }).click();
    const trade = journal.getByRole("dialog");
    await trade.getByRole("button", { name: "4 of 5" }).click();
    await trade.getByLabel("Tags, with commas between", { exact: true }).fill("by hand, first");
    await journal.keyboard.press("Control+Enter");
    await journal.getByRole("button", { name: "by hand" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dashboardOf, fullTrading } from "./fixture/trading.ts";
import { expectNoOverflow, goWithin, hasBrowser, launch, openStage, PHONE, pretend, settled } from "./stage.ts";

const LISTS = [
  ["/", "Start the first bot"],
  ["/bots", "Start the first bot"],
  ["/orders", "Place the first order"],
  ["/journal", "Start the first bot"],
  ["/risk", "Start the first bot"],
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

  test.concurrent("a list with nothing in it says what would be there and offers the one thing to do", async () => {
    const { context, page } = await openStage(browser, { viewport: PHONE });
    await pretend(page, "empty");
    await page.goto(LISTS[0][0]);
    for (const [path, action] of LISTS) {
      await goWithin(page, path);
      await settled(page);
      await page.getByText(action).first().waitFor();
      await expectNoOverflow(page, path);
    }
    await context.close();
  });

  test.concurrent("a failure says what happened and can be tried again", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "broken");
    for (const path of [
      "/",
      "/bots",
      "/bots/b1",
      "/orders",
      "/risk",
      "/journal",
      "/backtests",
      "/backtests/r1",
      "/strategies/s1",
      "/data",
      "/data/d1",
    ]) {
      await page.goto(path);
      await page.getByText("The request could not be finished.").first().waitFor();
      await page.getByRole("button", { name: "Try again" }).first().waitFor();
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

  test("the kill switch does nothing until it was held, and then says who acknowledged", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "full");
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/kill")) sent.push(request.postData() ?? "");
    });
    await page.goto("/journal");
    await settled(page);
    await page.getByRole("button", { name: "Stop trading" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("checkbox", { name: "Also close what is held" }).check();
    await dialog.getByText("sell 0.42 BTC, buy back 3.5 ETH").waitFor();
    const hold = dialog.getByRole("button", { name: /Hold to stop everything and close/ });
    await hold.press("Enter");
    expect(await dialog.getByText("is stopped").count()).toBe(0);
    await hold.focus();
    await page.keyboard.down("Space");
    await dialog.getByText("Not everything is stopped").waitFor();
    await page.keyboard.up("Space");
    await dialog.getByText("3 orders are being cancelled").waitFor();
    await dialog.getByText(/not reached/).waitFor();
    const thrown = { scope: { kind: "user" }, flatten: true };
    expect(sent.map((body) => JSON.parse(body))).toEqual([thrown]);
    await dialog.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => sent.map((body) => JSON.parse(body))).toEqual([thrown, thrown]);
    await context.close();
  });

  test("a change is on screen without a reload, and a socket that breaks is seen and comes back whole", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "full");
    const state = dashboardOf(fullTrading());
    const withEquity = (equity: string) => ({ ...state, accounts: { a1: { ...state.accounts.a1, equity } } });
    const sockets: { send(text: string): void; close(): void }[] = [];
    await page.routeWebSocket(/\/dashboard\/live/, (socket) => {
      sockets.push({ send: (text) => socket.send(text), close: () => void socket.close() });
      const equity = sockets.length === 1 ? "1000" : "3000";
      socket.send(JSON.stringify({ type: "snapshot", epoch: "e1", sequence: 1, state: withEquity(equity) }));
    });
    await page.goto("/");
    const equity = page.getByRole("region", { name: /^Equity of/ });
    await equity.getByText("1,000.00 USD", { exact: true }).waitFor();
    const change = { accounts: withEquity("2000").accounts };
    sockets[0].send(JSON.stringify({ type: "delta", from: 1, sequence: 2, change }));
    await equity.getByText("2,000.00 USD", { exact: true }).waitFor();
    sockets[0].close();
    await page
      .getByRole("banner")
      .getByText(/^Reconnecting/)
      .waitFor();
    await equity.getByText("3,000.00 USD", { exact: true }).waitFor();
    await page.getByRole("banner").getByText("Live").waitFor();
    await context.close();
  });

  test("a maintenance is said on an open page, which comes back by itself", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "full");
    await page.goto("/journal");
    await settled(page);
    const detail = "The database gets a new index. Bots go on, and everything that stops trading works.";
    const problem = { type: "about:blank", title: "Maintenance", status: 503, code: "maintenance", detail };
    const isOfSession = (url: URL) => url.pathname.includes("/session");
    await page.route(
      (url) => url.pathname.startsWith("/api/") && !isOfSession(url),
      (route) =>
        route.fulfill({
          ...{ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) },
          headers: { "Retry-After": "60" },
        }),
    );
    await page.getByRole("link", { name: "Backtests" }).first().click();
    const banner = page.getByRole("status", { name: "Maintenance" });
    await banner.getByText("The database gets a new index.").waitFor();
    await banner.getByRole("button", { name: "Look again" }).click();
    expect(await banner.isVisible()).toBe(true);
    await page.unrouteAll();
    await pretend(page, "full");
    await banner.getByRole("button", { name: "Look again" }).click();
    await banner.waitFor({ state: "detached" });
    await page.getByRole("row").nth(1).waitFor();
    await context.close();
  });

  test("a bot does not start without its caps, and takes them from last month once there is an account", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "empty");
    await page.goto("/bots/new");
    await settled(page);
    await page.keyboard.press("Control+Enter");
    const alert = page.getByRole("alert");
    for (const cap of ["Largest order", "Largest position", "Open orders", "Loss in a day"]) {
      await alert.getByText(`${cap} must be set: no bot starts without it`).waitFor();
    }
    await pretend(page, "full");
    await page.getByRole("button", { name: "Make the account and show last month" }).click();
    await page.getByText("+3.12").waitFor();
    await expect.poll(() => page.getByLabel("Largest order", { exact: true }).inputValue()).toBe("30000");
    await page.getByRole("button", { name: /^Start/ }).click();
    await page.waitForURL("**/bots/b1");
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
    await expect.poll(() => table.locator("[aria-selected=true]").count()).toBe(1);
    await context.close();
  });
});

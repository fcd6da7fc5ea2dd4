import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TradingAccount } from "../schema/wire/trading.ts";
import { findingsOf } from "./axe.ts";
import { type FakeState, fullState } from "./fixture/api.ts";
import { expectNoOverflow, hasBrowser, launch, openStage, PHONE, pretend, WIDE } from "./stage.ts";

const ACCOUNT = "My own money";
const SCREENS = [
  ["wide and dark", { viewport: WIDE, theme: "dark" }],
  ["a phone and light", { viewport: PHONE, theme: "light" }],
] as const;

/** A bot that is stopped, on an account with real money. */
function withRealMoney(state: FakeState): FakeState {
  const venue: Extract<TradingAccount["market"], { kind: "venue" }> = {
    kind: "venue",
    connectionId: "con_1",
    venue: "BINANCE",
    environment: "live",
    instruments: ["BINANCE:BTCUSDT"],
  } as const;
  const accounts = state.trading.accounts.map((account) =>
    account.id === "a2"
      ? {
          ...account,
          name: ACCOUNT,
          mode: "live" as const,
          currency: "USDT",
          market: venue,
        }
      : account,
  );
  const bots = state.trading.bots.map((bot) => (bot.id === "b5" ? { ...bot, accountId: "a2", simulated: false } : bot));
  return { ...state, trading: { ...state.trading, accounts, bots } };
}

/** What the server says to a start; answers the words that were sent with each. */
async function answerStarts(
  page: Page,
  refusals: { status: number; code: string; detail: string }[],
): Promise<string[]> {
  const words: string[] = [];
  await page.route("**/api/v1/bots/b5/start**", async (route) => {
    words.push(new URL(route.request().url()).searchParams.get("confirm") ?? "");
    const refusal = refusals.shift();
    if (refusal === undefined) return route.fallback();
    const body = JSON.stringify({ type: "about:blank", title: "Not now", ...refusal });
    await route.fulfill({ status: refusal.status, contentType: "application/problem+json", body });
  });
  return words;
}

describe.skipIf(!hasBrowser)("a bot that moves real money", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test.each(SCREENS)(
    "shows what is at stake, starts by typed words alone, and says what is missing (%s)",
    async (_, screen) => {
      const { context, page } = await openStage(browser, screen);
      await pretend(page, "full", withRealMoney);
      const paperRun = "This version of the strategy must run with play money for 7 days first; it has for 2.3.";
      const words = await answerStarts(page, [
        { status: 403, code: "mfa_required", detail: "This needs a second factor." },
        { status: 409, code: "paper_run_missing", detail: paperRun },
      ]);
      await page.goto("/bots/b5");
      await page.getByRole("button", { name: "Start", exact: true }).click();
      const dialog = page.getByRole("dialog", { name: "Start New idea with real money" });
      await dialog.getByText(`Its orders go to Binance spot and move the real money of ${ACCOUNT}`).waitFor();
      for (const [name, value] of [
        ["Capital", "25,000.00 USDT"],
        ["Largest order", "30,000.00 USDT"],
        ["Loss in a day", "1,250.00 USDT"],
      ]) {
        const row = dialog.locator("dl > div", { hasText: name });
        await row.getByText(value, { exact: true }).waitFor();
      }
      const start = dialog.getByRole("button", { name: "Start with real money" });
      const box = dialog.getByLabel("Type: trade real money");
      for (const wrong of ["", "trade", "Trade real money"]) {
        await box.fill(wrong);
        await expect.poll(() => start.isDisabled()).toBe(true);
        await box.press("Enter");
      }
      expect(await findingsOf(page)).toEqual([]);
      await expectNoOverflow(page, "the start with real money");
      await box.fill("trade real money");
      await start.click();
      await dialog.getByRole("link", { name: "Set one up under Security" }).waitFor();
      await start.click();
      await dialog.getByText(paperRun).waitFor();
      await start.click();
      await dialog.waitFor({ state: "detached" });
      expect(words).toEqual(["trade real money", "trade real money", "trade real money"]);
      await context.close();
    },
  );

  test.each(SCREENS)(
    "is saved and not started on the page that makes it, which says what starting it takes (%s)",
    async (_, screen) => {
      const { context, page } = await openStage(browser, screen);
      await pretend(page, "full", withRealMoney);
      const sent = await recordPosts(page, "/bots");
      await page.goto("/bots/new");
      await page.getByLabel("Account", { exact: true }).selectOption("a2");
      const note = page.getByRole("note", { name: "Real money" });
      await note.getByText(`A bot here trades the real money of ${ACCOUNT} at Binance spot.`).waitFor();
      for (const need of ["your second factor", "7 days", "trade real money"]) await note.getByText(need).waitFor();
      expect(await page.getByRole("button", { name: /^Start/ }).count()).toBe(0);
      expect(await findingsOf(page)).toEqual([]);
      await expectNoOverflow(page, "a new bot with real money");
      await page.getByText("Caps must leave room for").waitFor();
      await page.keyboard.press("Control+Enter");
      await page.waitForURL(/\/bots\/b1/);
      expect(sent.map(({ path }) => path)).toEqual(["/bots"]);
      await context.close();
    },
  );
});

describe.skipIf(!hasBrowser)("an order by hand", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test.each(SCREENS)(
    "begins on the account in view, and with real money is sent by a second step alone (%s)",
    async (_, screen) => {
      const { context, page } = await openStage(browser, screen);
      await pretend(page, "full", withRealMoney);
      const sent = await recordPosts(page, "/orders");
      await page.addInitScript(() => localStorage.setItem("apextrade.account", "a1"));
      await page.goto("/orders?ticket=open");
      const ticket = page.getByRole("dialog", { name: "Place an order" });
      await expect.poll(() => ticket.getByLabel("Account").inputValue()).toBe("a1");
      await ticket.getByLabel("Account").selectOption({ label: `LIVE: ${ACCOUNT}` });
      await ticket.getByLabel("Quantity").fill("0.5");
      await expect.poll(() => ticket.getByLabel("Market").inputValue()).toBe("BINANCE:BTCUSDT");
      await page.keyboard.press("Control+Enter");
      const step = ticket.getByRole("region", { name: "Real money" });
      for (const words of ["This is real money.", ACCOUNT, "Binance spot", "Buy 0.5 BTCUSDT, at the market", "LIVE"]) {
        await step.getByText(words, { exact: false }).first().waitFor();
      }
      await page.keyboard.press("Control+Enter");
      await page.keyboard.press("Enter");
      expect(sent).toEqual([]);
      expect(await findingsOf(page)).toEqual([]);
      await expectNoOverflow(page, "the step before real money");
      await step.getByRole("button", { name: "Back to the order" }).click();
      await ticket.getByRole("button", { name: /^Look over: buy 0.5 BTCUSDT/ }).click();
      await step.getByRole("button", { name: "Buy 0.5 BTCUSDT with real money" }).click();
      await ticket.waitFor({ state: "detached" });
      expect(sent).toMatchObject([{ body: { accountId: "a2", instrument: "BINANCE:BTCUSDT", quantity: "0.5" } }]);
      await context.close();
    },
  );
});

/** Keeps account of what is posted to a path; an order is answered with the first one that there is. */
async function recordPosts(page: Page, path: string): Promise<{ path: string; body: unknown }[]> {
  const sent: { path: string; body: unknown }[] = [];
  await page.route(`**/api/v1${path}*`, async (route) => {
    const request = route.request();
    if (request.method() !== "POST") return route.fallback();
    sent.push({ path, body: request.postDataJSON() });
    if (path !== "/orders") return route.fallback();
    const [order] = fullState().trading.orders;
    const detail = { order, verdict: null, history: [], fills: [] };
    await route.fulfill({ status: 201, contentType: "application/json", body: JSON.stringify(detail) });
  });
  return sent;
}

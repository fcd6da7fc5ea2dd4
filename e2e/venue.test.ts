import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parsePrice } from "../workers/core/ledger/decimal-text.ts";
import { findingsOf } from "./axe.ts";
import { becomeTrader } from "./newcomer.ts";
import { expectNoOverflow, hasBrowser, launch, openStage, PHONE, WIDE } from "./stage.ts";
import {
  buyAt,
  connect,
  connectTerminal,
  control,
  makeAccount,
  startBot,
  startBotBy,
  tokenOf,
  type VenueSteps,
} from "./venue-steps.ts";
import { Mt5Emulator } from "./venues/mt5/mt5-emulator.ts";

/** A minute has to close before a bot decides on it, and much is connected meanwhile on slow machines. */
const STORY_MS_MAX = 360_000;
const MINUTE_CLOSES_MS_MAX = 90_000;

/** How a person connects each venue: its keys by the labels of the form, as the stand-in names them. */
const VENUES = [
  {
    ...{ name: "BINANCE.testnet", label: "Binance spot", kind: "HMAC" },
    keys: { "API key": "HMAC key", "Secret or private key": "HMAC secret" },
    ...{ market: "BTC/USDT", symbol: "BTCUSDT", instrument: "BINANCE:BTCUSDT" },
    ...{ quantity: "0.5", prices: ["100", "101.5"], capital: "10000" },
  },
  {
    ...{ name: "ALPACA.paper", label: "Alpaca", kind: undefined },
    keys: { "Key ID": "keyId", "Secret key": "secret" },
    ...{ market: "BTC/USD", symbol: "BTC/USD", instrument: "ALPACA:BTC/USD" },
    ...{ quantity: "0.1", prices: ["100", "101.5"], capital: "10000" },
  },
  {
    ...{ name: "OANDA.practice", label: "OANDA", kind: undefined },
    keys: { "Personal access token": "token", "Account number": "accountId" },
    ...{ market: "EUR/USD", symbol: "EUR_USD", instrument: "OANDA:EUR_USD" },
    ...{ quantity: undefined, prices: ["1.1", "1.1165"], capital: "10000" },
  },
  {
    ...{ name: "XTS.test", label: "XTS (Symphony)", kind: undefined },
    keys: {
      "Interactive app key": "appKey",
      "Interactive secret": "secretKey",
      "Market data app key": "dataAppKey",
      "Market data secret": "dataSecretKey",
    },
    ...{ market: "ACC/INR (NSECM-22)", symbol: "NSECM-22", instrument: "XTS:NSECM-22" },
    ...{ quantity: undefined, prices: ["2200", "2233"], capital: "100000" },
  },
] as const satisfies readonly VenueSteps[];
const TERMINAL = {
  ...{ name: "MT5.demo", label: "MetaTrader 5", market: "BTC/USD", symbol: "BTCUSD", instrument: "MT5:BTCUSD" },
  ...{ quantity: "0.1", prices: ["100", "101.5"] as const, capital: "10000" },
} as const;

interface SeenBot {
  readonly at: string;
  /** What its page says that it holds, and of its account's line. */
  readonly holds: RegExp;
  readonly line: string;
}

function put({ name, symbol }: VenueSteps, price: string): Promise<void> {
  return control(name, "trade", { instrument: symbol, price });
}

describe.skipIf(!hasBrowser)("trading at a venue", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test(
    "each venue is connected and traded at by hand and by a bot; one is cut off, said to be, and heals",
    async () => {
      const { context, page, complaints } = await openStage(browser);
      const token = tokenOf(page);
      await becomeTrader(page, "Vera");
      const bots: SeenBot[] = [];
      for (const venue of VENUES) {
        const { label, quantity, prices, symbol } = venue;
        const trade = () => put(venue, prices[0]);
        await trade();
        await connect(page, venue);
        await makeAccount(page, venue);
        if (quantity !== undefined) await buyAt(page, { label, quantity, trade });
        const at = bots.length === 0 ? await startBot(page) : await startBotBy(token, page, venue);
        bots.push({ at, holds: heldOf(symbol), line: "Stream live" });
        // Above every minute before: it decides once this one has closed. Others are connected meanwhile.
        await put(venue, prices[1]);
      }
      const emulator = new Mt5Emulator({
        ...{ now: Date.now, random: Math.random },
        after: (delayMs, act) => void setTimeout(act, delayMs),
      });
      const following = setInterval(() => emulator.book.follow(), 1_000);
      const tradeTerminal = async (price: string) => emulator.book.trade(TERMINAL.symbol, parsePrice(price, "price"));
      await tradeTerminal(TERMINAL.prices[0]);
      const terminal = await connectTerminal(page, emulator);
      await buyAt(page, { ...TERMINAL, trade: () => tradeTerminal(TERMINAL.prices[0]) });
      const at = await startBotBy(token, page, TERMINAL);
      bots.push({ at, holds: heldOf(TERMINAL.symbol), line: "Terminal connected" });
      await tradeTerminal(TERMINAL.prices[1]);

      const [first] = bots;
      if (first === undefined) throw new Error("there must be a bot");
      await seeFill(page, first);
      const [binance] = VENUES;
      // What cannot be had meanwhile is refused: the page of the bot would ask for candles.
      await page.goto("/");
      await control(binance.name, "fault", { maintenance: true });
      const banner = page.getByRole("region", { name: "A venue does not answer" });
      await banner.getByText("My Binance spot").waitFor({ timeout: 60_000 });
      const alerts = page.getByRole("region", { name: "Alerts" });
      await alerts.getByText("Binance spot does not answer.").waitFor();
      await alerts.getByRole("link", { name: "See its connection" }).first().click();
      await page.getByText("Does not answer", { exact: true }).waitFor();
      await page.goto("/");
      await control(binance.name, "fault", { maintenance: false });
      await banner.waitFor({ state: "detached", timeout: 60_000 });
      for (const { label } of VENUES) await page.getByText(`My ${label}`).first().waitFor();
      await lookAtSettings(page);
      for (const bot of bots) {
        await seeFill(page, bot);
        // Where it is not so, the whole page says what is.
        const isRunning = [expect.stringMatching(/^Running$/m)];
        await expect.poll(() => page.getByRole("main").allInnerTexts()).toEqual(isRunning);
        await page.getByText(bot.line).waitFor();
      }
      clearInterval(following);
      terminal.end();
      expect(complaints).toEqual([]);
      await context.close();
    },
    STORY_MS_MAX,
  );
});

function heldOf(symbol: string): RegExp {
  return new RegExp(`^Long [\\d.,]+ ${symbol.replaceAll(/[^A-Z0-9]/g, ".")}`);
}

/** What the page of a bot shows once it has bought. */
async function seeFill(page: Page, { at, holds }: SeenBot): Promise<void> {
  await page.goto(at);
  const position = page.getByRole("region", { name: "Position" }).getByText(holds);
  await position.first().waitFor({ timeout: MINUTE_CLOSES_MS_MAX });
  await page.getByRole("region", { name: "More of the bot" }).getByText("Filled").first().waitFor();
  await page.getByRole("region", { name: "Chart" }).locator("canvas").first().waitFor();
}

/** What the pages say of each connection, wide and on a phone. */
async function lookAtSettings(page: Page): Promise<void> {
  await page.goto("/settings?section=accounts");
  await page.getByText("Terminal connected").waitFor();
  await expect.poll(() => page.getByText("Stream live").count()).toBe(VENUES.length);
  await page.goto("/settings?section=venues");
  await page.getByText("Terminal connected").waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await page.setViewportSize(PHONE);
  await expectNoOverflow(page, "the list of venues");
  await page.setViewportSize(WIDE);
}

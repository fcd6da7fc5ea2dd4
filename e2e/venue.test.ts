import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parsePrice } from "../workers/core/ledger/decimal-text.ts";
import { findingsOf } from "./axe.ts";
import { becomeTrader } from "./newcomer.ts";
import { expectNoOverflow, hasBrowser, launch, openStage, PHONE, WIDE } from "./stage.ts";
import { EmulatedTerminal } from "./venues/mt5/emulated-terminal.ts";
import { Mt5Emulator } from "./venues/mt5/mt5-emulator.ts";

/** A minute has to close before a bot decides on it, and much is connected meanwhile on slow machines. */
const STORY_MS_MAX = 240_000;
const MINUTE_CLOSES_MS_MAX = 90_000;

/** How a person connects each venue: its keys by the labels of the form, as the stand-in names them. */
const VENUES = [
  {
    name: "BINANCE.testnet",
    label: "Binance spot",
    kind: "HMAC",
    keys: { "API key": "HMAC key", "Secret or private key": "HMAC secret" },
    market: "BTC/USDT",
    symbol: "BTCUSDT",
    quantity: "0.5",
  },
  {
    name: "ALPACA.paper",
    label: "Alpaca",
    kind: undefined,
    keys: { "Key ID": "keyId", "Secret key": "secret" },
    market: "BTC/USD",
    symbol: "BTC/USD",
    quantity: "0.1",
  },
  {
    name: "OANDA.practice",
    label: "OANDA",
    kind: undefined,
    keys: { "Personal access token": "token", "Account number": "accountId" },
    market: "EUR/USD",
    symbol: "EUR_USD",
    // Its week ends on Friday: an order of a test that runs on a Sunday would be denied, and rightly.
    quantity: undefined,
  },
  {
    name: "XTS.test",
    label: "XTS (Symphony)",
    kind: undefined,
    keys: {
      "Interactive app key": "appKey",
      "Interactive secret": "secretKey",
      "Market data app key": "dataAppKey",
      "Market data secret": "dataSecretKey",
    },
    market: "ACC/INR (NSECM-22)",
    symbol: "NSECM-22",
    // It is open on working days in India.
    quantity: undefined,
  },
] as const;
type Venue = (typeof VENUES)[number];

const venueOf = (name: string) => {
  const venue = inject("venues")[name];
  if (venue === undefined) throw new Error(`there must be a stand-in for ${name}`);
  return venue;
};

/** Moves a stand-in: its market, or what is wrong with it. */
async function control(name: string, verb: "trade" | "fault", body: object): Promise<void> {
  const reply = await fetch(`${venueOf(name).url}/control/${verb}`, { method: "POST", body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${name} must obey, said ${await reply.text()}`);
}

async function connect(page: Page, { name, label, kind, keys }: Venue): Promise<void> {
  await page.goto("/settings?section=venues");
  await page.getByRole("button", { name: "Connect a venue" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect a venue" });
  await dialog.getByLabel("Venue", { exact: true }).selectOption({ label });
  await dialog.getByLabel("Name", { exact: true }).fill(`My ${label}`);
  if (kind !== undefined) await dialog.getByLabel("Kind of key").selectOption({ label: kind });
  for (const [field, key] of Object.entries(keys)) {
    await dialog
      .locator(`input, textarea`)
      .and(dialog.getByLabel(field, { exact: true }))
      .fill(venueOf(name).keys[key]);
  }
  const withdraws = dialog.getByRole("checkbox", { name: /cannot withdraw/ });
  if ((await withdraws.count()) > 0) await withdraws.check();
  await dialog.getByRole("button", { name: "Test and keep" }).click();
  await dialog.waitFor({ state: "detached" });
}

async function makeAccount(page: Page, { label, market }: Pick<Venue, "label" | "market">): Promise<void> {
  await page
    .getByRole("listitem")
    .filter({ hasText: `My ${label}` })
    .getByRole("button", { name: "Trade with it" })
    .first()
    .click();
  await chooseMarket(page, { label, market });
}

async function chooseMarket(page: Page, { label, market }: { label: string; market: string }): Promise<void> {
  const dialog = page.getByRole("dialog", { name: `Trade with My ${label}` });
  await dialog.getByRole("checkbox", { name: market, exact: true }).check();
  await dialog.getByRole("button", { name: "Make the account" }).click();
  await dialog.waitFor({ state: "detached" });
}

async function buy(page: Page, { name, label, symbol, quantity }: Venue): Promise<void> {
  if (quantity === undefined) return;
  const trade = () => control(name, "trade", { instrument: symbol, price: "100" });
  await buyAt(page, { label, quantity, trade });
}

/** By hand. Some stand-ins fill an order with its market's next price. */
async function buyAt(
  page: Page,
  { label, quantity, trade }: { label: string; quantity: string; trade: () => Promise<void> },
): Promise<void> {
  await trade();
  await page.goto("/orders?ticket=open");
  const ticket = page.getByRole("dialog", { name: "Place an order" });
  await ticket.getByLabel("Account").selectOption({ label: `My ${label}` });
  await ticket.getByText("Price now").waitFor();
  await ticket.getByLabel("Quantity").fill(quantity);
  await page.keyboard.press("Control+Enter");
  await page.getByRole("dialog", { name: /^Buy/ }).waitFor();
  await trade();
  await page.getByRole("dialog").getByText("Filled", { exact: true }).first().waitFor();
}

/** A bot that buys a breakout of minutes, on the account of Binance; answers where its page is. */
async function startBot(page: Page): Promise<string> {
  await page.goto("/bots/new");
  await page.getByLabel("Account", { exact: true }).selectOption({ label: "My Binance spot" });
  await page.getByLabel("Timeframe", { exact: true }).selectOption("1m");
  // Caps are suggested by the look at last month: by that of this strategy, and not of what was chosen before.
  const looked = page.waitForResponse(
    (reply) => reply.url().endsWith("/bots/preview") && (reply.request().postData() ?? "").includes("donchian"),
  );
  await page.getByRole("combobox", { name: "Strategy" }).selectOption({ label: "Donchian breakout" });
  expect((await looked).status()).toBe(200);
  await page.getByText("Caps must leave room for").waitFor();
  await page.getByRole("button", { name: /^Start/ }).click();
  await page.waitForURL(/\/bots\/bot_/);
  await page.getByText("Running", { exact: true }).waitFor();
  return page.url();
}

/** Sets a terminal up as the page says, waits until the page has seen it, and makes an account on it. */
async function connectTerminal(page: Page, emulator: Mt5Emulator): Promise<EmulatedTerminal> {
  const label = "MetaTrader 5";
  await page.goto("/settings?section=venues");
  await page.getByRole("button", { name: "Connect a venue" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect a venue" });
  await dialog.getByLabel("Venue", { exact: true }).selectOption({ label });
  await dialog.getByLabel("Name", { exact: true }).fill(`My ${label}`);
  await dialog.getByLabel("Account number").fill(emulator.keys.login);
  await dialog.getByRole("textbox", { name: "Server" }).fill(emulator.keys.server);
  await dialog.getByRole("button", { name: "Make its key" }).click();
  const setup = page.getByRole("dialog", { name: `Set up the terminal of My ${label}` });
  await setup.getByText("Waiting for the terminal").waitFor();
  expect(await findingsOf(page)).toEqual([]);
  const input = async (name: string) => ((await setup.locator(`[data-input=${name}]`).textContent()) ?? "").trim();
  Object.assign(emulator.keys, { keyId: await input("InpKeyId"), secret: await input("InpSecret") });
  const terminal = new EmulatedTerminal(emulator, {
    host: await input("InpHost"),
    port: Number(await input("InpPort")),
  });
  await setup.getByText("Terminal connected").waitFor();
  await setup.getByText(`Account ${emulator.keys.login} at ${emulator.keys.server}, balance 100,000.00 USD`).waitFor();
  await setup.getByRole("button", { name: "Trade with it" }).click();
  await chooseMarket(page, { label, market: "BTC/USD" });
  return terminal;
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
      await becomeTrader(page, "Vera");
      const [binance, alpaca, oanda, xts] = VENUES;
      await connect(page, binance);
      await makeAccount(page, binance);
      await buy(page, binance);
      const bot = await startBot(page);
      // Far above every minute before: it decides once this one has closed. Others are connected meanwhile.
      await control(binance.name, "trade", { instrument: binance.symbol, price: "150" });
      for (const venue of [alpaca, oanda]) {
        await connect(page, venue);
        await makeAccount(page, venue);
        await buy(page, venue);
      }
      await page.goto(bot);
      const position = page.getByRole("region", { name: "Position" }).getByText(/^Long [\d.]+ BTCUSDT/);
      await position.first().waitFor({ timeout: MINUTE_CLOSES_MS_MAX });
      await page.getByRole("region", { name: "More of the bot" }).getByText("Filled").first().waitFor();

      await control(binance.name, "fault", { maintenance: true });
      await connect(page, xts);
      await makeAccount(page, xts);
      const emulator = new Mt5Emulator({
        ...{ now: Date.now, random: Math.random },
        after: (delayMs, act) => void setTimeout(act, delayMs),
      });
      const terminal = await connectTerminal(page, emulator);
      const price = parsePrice("100", "price");
      await buyAt(page, {
        ...{ label: "MetaTrader 5", quantity: "0.1" },
        trade: async () => emulator.book.trade("BTCUSD", price),
      });
      // What cannot be had meanwhile is refused: the page of the bot would ask for candles.
      await page.goto("/");
      const banner = page.getByRole("region", { name: "A venue does not answer" });
      await banner.getByText("My Binance spot").waitFor({ timeout: 60_000 });
      await control(binance.name, "fault", { maintenance: false });
      await banner.waitFor({ state: "detached", timeout: 60_000 });
      for (const { label } of VENUES) await page.getByText(`My ${label}`).first().waitFor();
      await page.getByText("Long 0.1 BTCUSD").first().waitFor();
      await lookAtSettings(page);
      await page.goto(bot);
      await page.getByText("Running", { exact: true }).waitFor();
      await page.getByText("Stream live").waitFor();
      await position.first().waitFor();
      terminal.end();
      expect(complaints).toEqual([]);
      await context.close();
    },
    STORY_MS_MAX,
  );
});

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

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { becomeTrader } from "./newcomer.ts";
import { hasBrowser, launch, openStage } from "./stage.ts";

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
  await dialog.getByRole("checkbox", { name: /cannot withdraw/ }).check();
  await dialog.getByRole("button", { name: "Test and keep" }).click();
  await dialog.waitFor({ state: "detached" });
}

async function makeAccount(page: Page, { label, market }: Venue): Promise<void> {
  await page
    .getByRole("listitem")
    .filter({ hasText: `My ${label}` })
    .getByRole("button", { name: "Trade with it" })
    .click();
  const dialog = page.getByRole("dialog", { name: `Trade with My ${label}` });
  await dialog.getByRole("checkbox", { name: market, exact: true }).check();
  await dialog.getByRole("button", { name: "Make the account" }).click();
  await dialog.waitFor({ state: "detached" });
}

async function buy(page: Page, { name, label, symbol, quantity }: Venue): Promise<void> {
  if (quantity === undefined) return;
  await control(name, "trade", { instrument: symbol, price: "100" });
  await page.goto("/orders?ticket=open");
  const ticket = page.getByRole("dialog", { name: "Place an order" });
  await ticket.getByLabel("Account").selectOption({ label: `My ${label}` });
  await ticket.getByText("Price now").waitFor();
  await ticket.getByLabel("Quantity").fill(quantity);
  await page.keyboard.press("Control+Enter");
  await page.getByRole("dialog", { name: /^Buy/ }).waitFor();
  // One of them trades with its market's next price.
  await control(name, "trade", { instrument: symbol, price: "100" });
  await page.getByRole("dialog").getByText("Filled", { exact: true }).first().waitFor();
}

describe.skipIf(!hasBrowser)("trading at a venue", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test("each venue is connected, traded at by hand, cut off, said to be, and heals", async () => {
    const { context, page, complaints } = await openStage(browser);
    await becomeTrader(page, "Vera");
    for (const venue of VENUES) {
      await connect(page, venue);
      await makeAccount(page, venue);
      await buy(page, venue);
    }
    await page.goto("/");
    for (const { label } of VENUES) await page.getByText(`My ${label}`).first().waitFor();
    await page.getByText("Long 0.5 BTCUSDT").first().waitFor();

    await control("BINANCE.testnet", "fault", { maintenance: true });
    const banner = page.getByRole("region", { name: "A venue does not answer" });
    await banner.getByText("My Binance spot").waitFor({ timeout: 60_000 });
    await control("BINANCE.testnet", "fault", { maintenance: false });
    await banner.waitFor({ state: "detached", timeout: 60_000 });
    await page.getByText("Long 0.5 BTCUSDT").first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

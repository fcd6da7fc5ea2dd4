import type { Page } from "playwright-core";
import { expect, inject } from "vitest";
import { findingsOf } from "./axe.ts";
import { baseUrl } from "./stage.ts";
import { EmulatedTerminal } from "./venues/mt5/emulated-terminal.ts";
import type { Mt5Emulator } from "./venues/mt5/mt5-emulator.ts";

/** History is read and the venue asked first. */
const BOT_RUNS_MS_MAX = 30_000;
/** A month of minutes is asked of the venue, and traded through. */
const LOOK_MS_MAX = 90_000;

/** A venue as a person connects it and trades at it. */
export interface VenueSteps {
  /** Of the stand-in. */
  readonly name: string;
  /** As the page calls the venue. */
  readonly label: string;
  /** What is chosen where a venue has several kinds of keys. */
  readonly kind: string | undefined;
  /** Keys of the stand-in by the labels of the form. */
  readonly keys: Readonly<Record<string, string>>;
  /** As its box is labelled where an account is made. */
  readonly market: string;
  /** As the venue calls the market, and as we do. */
  readonly symbol: string;
  readonly instrument: string;
  /** What an order by hand asks for; none is placed where it is undefined. */
  readonly quantity: string | undefined;
  /** What its market stands at, and where it breaks out to. */
  readonly prices: readonly [string, string];
  /** Of a bot, in the account's currency. */
  readonly capital: string;
}

const venueOf = (name: string) => {
  const venue = inject("venues")[name];
  if (venue === undefined) throw new Error(`there must be a stand-in for ${name}`);
  return venue;
};

/** Moves a stand-in: its market, or what is wrong with it. */
export async function control(name: string, verb: "trade" | "fault", body: object): Promise<void> {
  const reply = await fetch(`${venueOf(name).url}/control/${verb}`, { method: "POST", body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${name} must obey, said ${await reply.text()}`);
}

/** Keeps the keys of a venue, as the page asks for them. */
export async function connect(page: Page, { name, label, kind, keys }: VenueSteps): Promise<void> {
  // As a person may type it.
  await page.goto("/settings/venues");
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

/** Makes an account at a connected venue, with one market. */
export async function makeAccount(page: Page, { label, market }: Pick<VenueSteps, "label" | "market">): Promise<void> {
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

/** By hand. Some stand-ins fill an order with its market's next price. */
export async function buyAt(
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
export async function startBot(page: Page): Promise<string> {
  await page.goto("/bots/new");
  await page.getByLabel("Account", { exact: true }).selectOption({ label: "My Binance spot" });
  await page.getByLabel("Timeframe", { exact: true }).selectOption("1m");
  // Caps are suggested by the look at last month: by that of this strategy, and not of what was chosen before.
  const looked = page.waitForResponse(
    (reply) => reply.url().endsWith("/bots/preview") && (reply.request().postData() ?? "").includes("donchian"),
    { timeout: LOOK_MS_MAX },
  );
  await page.getByRole("combobox", { name: "Strategy" }).selectOption({ label: "Donchian breakout" });
  expect((await looked).status()).toBe(200);
  await page.getByText(/Caps must leave room for|caps follow from the capital/).waitFor();
  await page.getByRole("button", { name: /^Start/ }).click();
  await page.waitForURL(/\/bots\/bot_/);
  await page.getByText("Running", { exact: true }).waitFor();
  return page.url();
}

/** The token that the page calls the API with, of each request the newest. */
export function tokenOf(page: Page): () => string {
  let token = "";
  page.on("request", (request) => {
    token = request.headers().authorization ?? token;
  });
  return () => token;
}

/** The same bot at another venue, made and started by the API with the page's own session; answers where its page is. */
export async function startBotBy(
  token: () => string,
  page: Page,
  venue: Omit<VenueSteps, "keys" | "kind">,
): Promise<string> {
  const call = async <T>(method: string, path: string, data?: object): Promise<T> => {
    const reply = await page.request.fetch(`/api/v1${path}`, {
      method,
      headers: { authorization: token(), origin: baseUrl, "idempotency-key": `story-${venue.name}-${path.length}` },
      ...(data === undefined ? {} : { data }),
    });
    if (!reply.ok()) throw new Error(`${method} ${path} must be taken, was ${reply.status()} ${await reply.text()}`);
    return (await reply.json()) as T;
  };
  const { rows } = await call<{ rows: { id: string; name: string }[] }>("GET", "/accounts");
  const accountId = rows.find(({ name }) => name === `My ${venue.label}`)?.id;
  const worth = String(2 * Number(venue.capital));
  const definition = {
    strategy: { kind: "library", id: "donchian", parameters: {} },
    ...{ instruments: [venue.instrument], timeframe: "1m", capital: venue.capital, direction: "long" },
    limits: { caps: { orderNotional: worth, positionNotional: worth, openOrders: "10", dailyLoss: venue.capital } },
  };
  const { id } = await call<{ id: string }>("POST", "/bots", {
    name: `${venue.label} breakout`,
    accountId,
    definition,
  });
  await call("POST", `/bots/${id}/start`);
  await expect
    .poll(() => call<{ status: string }>("GET", `/bots/${id}`), { timeout: BOT_RUNS_MS_MAX, interval: 500 })
    .toMatchObject({ status: "running" });
  return `/bots/${id}`;
}

/** Sets a terminal up as the page says, waits until the page has seen it, and makes an account on it. */
export async function connectTerminal(page: Page, emulator: Mt5Emulator): Promise<EmulatedTerminal> {
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

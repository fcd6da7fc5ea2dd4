import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalSecrets } from "./local-secrets.ts";

/** File of a state directory in which there is a demo already. */
export const DEMO_SEEDED = "demo-seeded";

const DEMO_EMAIL = "demo@apextrade.local";

/** Runs that a newcomer finds finished: one that is easy to read, and one on finer candles and another market. */
const DEMO_RUNS = [
  { symbol: "BTC-USD", timeframe: "4h", strategy: "sma-cross" },
  { symbol: "EUR-USD", timeframe: "1h", strategy: "donchian" },
];

/**
 * Bots that a newcomer finds trading on paper: quick ones, of which one buys as prices rise and one as they fall, so that
 * something happens while they look.
 */
const DEMO_BOTS = [
  { name: "BTC momentum", symbol: "BTC-USD", strategy: "donchian", timeframe: "1m", parameters: { entry: 2, exit: 2 } },
  { name: "ETH steps", symbol: "ETH-USD", strategy: "dca", timeframe: "1m", parameters: { every: 2, share: 3 } },
  {
    ...{ name: "SOL bands", symbol: "SOL-USD", strategy: "bollinger-reversion", timeframe: "1m" },
    parameters: { period: 5, width: 0.5 },
  },
];
const DEMO_CAPITAL = "20000";

/**
 * Makes the demo user and their first runs through the API, the way anyone would; once for a state directory, since a
 * demo user may delete what they find.
 */
export async function seedDemo(api: string, secrets: LocalSecrets, stateDirectory: string): Promise<void> {
  const mark = join(stateDirectory, DEMO_SEEDED);
  if (existsSync(mark)) return;
  console.log("Making the demo account, its first runs and bots.");
  const credentials = { email: DEMO_EMAIL, password: secrets.DEMO_PASSWORD };
  await send(api, "/api/auth/sign-up/email", { body: { ...credentials, name: "Demo trader" } });
  const signedIn = await send(api, "/api/auth/sign-in/email", { body: credentials });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((text) => text.split(";")[0])
    .join("; ");
  const reply = await send(api, "/api/v1/session/token", { headers: { Cookie: cookie } });
  const { token } = (await reply.json()) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  await seedRuns(api, headers);
  await seedBots(api, headers);
  writeFileSync(mark, "");
}

async function seedRuns(api: string, headers: Record<string, string>): Promise<void> {
  const { rows: datasets } = await readRows<{ id: string; instrument: { symbol: string } }>(api, "datasets", headers);
  const { rows: library } = await readRows<{ id: string }>(api, "strategies/library", headers);
  for (const { symbol, timeframe, strategy } of DEMO_RUNS) {
    const dataset = datasets.find((row) => row.instrument.symbol === symbol);
    if (dataset === undefined || !library.some((row) => row.id === strategy)) continue;
    const settings = { datasetIds: [dataset.id], timeframe, strategy: { kind: "library", id: strategy } };
    await send(api, "/api/v1/backtests", {
      headers: { ...headers, "Idempotency-Key": `demo-${symbol}-${strategy}` },
      body: { settings },
    });
  }
}

async function seedBots(api: string, headers: Record<string, string>): Promise<void> {
  const made = await send(api, "/api/v1/accounts", {
    headers: { ...headers, "Idempotency-Key": "demo-account" },
    body: { name: "Demo paper account", cash: "100000" },
  });
  const { id: accountId } = (await made.json()) as { id: string };
  const { rows: library } = await readRows<{ id: string; parameters: { name: string }[] }>(
    api,
    "strategies/library",
    headers,
  );
  for (const { name, symbol, strategy, timeframe, parameters } of DEMO_BOTS) {
    const known = library.find((row) => row.id === strategy);
    if (known === undefined) continue;
    const names = new Set(known.parameters.map((parameter) => parameter.name));
    const kept = Object.fromEntries(Object.entries(parameters).filter(([key]) => names.has(key)));
    const caps = { orderNotional: "25000", positionNotional: "25000", openOrders: "10", dailyLoss: "2000" };
    const definition = {
      strategy: { kind: "library", id: strategy, parameters: kept },
      ...{ instruments: [`SIM:${symbol}`], timeframe, capital: DEMO_CAPITAL, direction: "both", limits: { caps } },
    };
    const bot = await send(api, "/api/v1/bots", {
      headers: { ...headers, "Idempotency-Key": `demo-bot-${symbol}` },
      body: { name, accountId, definition },
    });
    const { id } = (await bot.json()) as { id: string };
    await send(api, `/api/v1/bots/${id}/start`, { headers });
  }
}

async function readRows<T>(api: string, list: string, headers: Record<string, string>): Promise<{ rows: T[] }> {
  const reply = await fetch(`${api}/api/v1/${list}`, { headers });
  if (!reply.ok) throw new Error(`the demo data could not be read: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as { rows: T[] };
}

async function send(
  api: string,
  path: string,
  init: { readonly body?: unknown; readonly headers?: Record<string, string> },
): Promise<Response> {
  const reply = await fetch(`${api}${path}`, {
    method: "POST",
    headers: {
      Origin: api,
      ...(init.body === undefined ? {} : { "Content-Type": "application/json" }),
      ...init.headers,
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  if (!reply.ok) throw new Error(`the demo could not be made: POST ${path} ${reply.status} ${await reply.text()}`);
  return reply;
}

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalSecrets } from "./local-secrets.ts";

const DEMO_EMAIL = "demo@apextrade.local";

/** Runs that a newcomer finds finished: one that is easy to read, and one on finer candles and another market. */
const DEMO_RUNS = [
  { symbol: "BTC-USD", timeframe: "4h", strategy: "sma-cross" },
  { symbol: "EUR-USD", timeframe: "1h", strategy: "donchian" },
];

/**
 * Makes the demo user and their first runs through the API, the way anyone would; once for a state directory, since a
 * demo user may delete what they find.
 */
export async function seedDemo(api: string, secrets: LocalSecrets, stateDirectory: string): Promise<void> {
  const mark = join(stateDirectory, "demo-seeded");
  if (existsSync(mark)) return;
  const credentials = { email: DEMO_EMAIL, password: secrets.DEMO_PASSWORD };
  await send(api, "/api/auth/sign-up/email", { body: { ...credentials, name: "Demo trader" } });
  const signedIn = await send(api, "/api/auth/sign-in/email", { body: credentials });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((text) => text.split(";")[0])
    .join("; ");
  const reply = await send(api, "/api/v1/session/token", { headers: { Cookie: cookie } });
  const { token } = (await reply.json()) as { token: string };
  await seedRuns(api, { Authorization: `Bearer ${token}` });
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

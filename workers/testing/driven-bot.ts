import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import type { NewHook, Signal, SignalReceipt } from "../../schema/wire/signal.ts";
import type { Order, TradingAccount } from "../../schema/wire/trading.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { accountObject, botObject } from "../services/trading/account-object-of.ts";
import { afterAlarm } from "./after-alarm.ts";
import { newClient, request, type TestClient } from "./test-client.ts";

const REAL = { strategies: STRATEGY_CATALOGUE };
export const BTC = "SIM:BTC-USD";
export const CAPS = {
  orderNotional: "60000",
  positionNotional: "60000",
  openOrders: "20",
  dailyLoss: "20000",
  executions: "500",
};

export interface Driven {
  readonly client: TestClient;
  readonly bot: Bot;
  readonly hook: NewHook;
  readonly send: (body: unknown, headers?: Record<string, string>) => Promise<Response>;
}

/** A running bot with an address. */
export async function newDriven(parts: object = {}, changed: object = {}): Promise<Driven> {
  const client = await newClient({ ...REAL, ...changed });
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Paper", cash: "50000" }, 201);
  const definition = {
    ...{ strategy: { kind: "signals" }, instruments: [BTC], timeframe: "1m", capital: "10000" },
    ...{ sizing: { kind: "percent", percent: 50 }, limits: { caps: CAPS }, ...parts },
  };
  const bot = await client.json<Bot>(
    "POST",
    "/api/v1/bots",
    { name: "Driven", accountId: account.id, definition },
    201,
  );
  await client.json("POST", `/api/v1/bots/${bot.id}/start`);
  const { object } = await botObject({ env, ownerId: client.userId }, bot.id);
  const rung = afterAlarm(object, () => client.json<BotState>("GET", `/api/v1/bots/${bot.id}/state`));
  await vi.waitUntil(async () => (await rung()).status === "running", { timeout: 30_000 });
  const hook = await client.json<NewHook>("POST", `/api/v1/bots/${bot.id}/hook`, undefined, 201);
  return { client, bot, hook, send: sender(hook.address, changed) };
}

export function sender(address: string, changed: object = {}) {
  return (body: unknown, headers: Record<string, string> = {}) =>
    request(
      new URL(address).pathname,
      {
        method: "POST",
        // What TradingView sends, and nothing else.
        headers: { "Content-Type": "text/plain; charset=utf-8", "CF-Connecting-IP": "52.89.214.238", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      },
      { ...REAL, ...changed },
    );
}

export async function receiptOf(reply: Response): Promise<SignalReceipt> {
  if (reply.status !== 202) throw new Error(`${reply.status} ${await reply.text()}`);
  return reply.json<SignalReceipt>();
}

/** Lets the bot do what waits. */
export async function ringUntilSettled({ client, bot }: Driven): Promise<Signal[]> {
  const { object } = await botObject({ env, ownerId: client.userId }, bot.id);
  for (let tries = 0; tries < 200; tries++) {
    await runDurableObjectAlarm(object);
    const { rows } = await signalsOf({ client, bot });
    if (rows.every(({ state }) => state !== "received")) return rows;
  }
  throw new Error("signals that wait must be settled");
}

export const signalsOf = ({ client, bot }: Pick<Driven, "client" | "bot">, query = "limit=200") =>
  client.json<{ rows: Signal[]; next: string | null }>("GET", `/api/v1/bots/${bot.id}/signals?${query}`);
export const stateOf = ({ client, bot }: Driven) => client.json<BotState>("GET", `/api/v1/bots/${bot.id}/state`);

export async function ordersAtDesk({ client, bot }: Driven): Promise<Order[]> {
  const stub = env.ACCOUNT.getByName((await accountObject({ env, ownerId: client.userId }, bot.accountId)).name);
  const events = await stub.eventsOf({ ownerId: client.userId, botId: bot.id, since: 0 });
  const orders = new Map<string, Order>();
  for (const { order } of structuredClone(events).events) orders.set(order.id, order as Order);
  return [...orders.values()];
}

/** The last price, as the market's candles say. */
export async function priceOf({ bot, client }: Driven): Promise<{ mark: number }> {
  const path = `/api/v1/markets/candles?instrument=${BTC}&accountId=${bot.accountId}&timeframe=1m`;
  const { close } = await client.json<{ close: number[] }>("GET", path);
  return { mark: close.at(-1) ?? 0 };
}

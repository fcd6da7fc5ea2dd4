import { setTimeout as wait } from "node:timers/promises";
import { type BenchServer, withServer } from "./local-server.ts";
import { WebSocket } from "./web-sockets.ts";

const INSTRUMENT = "SIM:BTC-USD";
const BOTS = 20;
const MINUTES = 3;
const ORDERS = 60;
const SIGNALS = 60;
/** The platform lets ten orders of an account through in a second. */
const EVERY_MS = 250;
const MINUTE_MS = 60_000;
/** What is left to do behind the last order: rows in the database, units of the backup. */
const BEHIND_MS = 60_000;
const READ_AT_MS = 40_000;

/** As `workers/testing/count-work.ts` counts. */
type Work = Readonly<
  Record<"calls" | "alarms" | "activeMs" | "rowsWritten" | "rowsRead" | "puts" | "gets" | "bytes", number>
>;
type Counts = Readonly<Record<string, Work>>;

/**
 * Counts what things cost in the units that the platform is paid for: rows written and read, calls, alarms, writes of the
 * object store and time, by class of object. One phase after the other: a market that nobody watches, accounts alone, bots
 * on candles of an hour and of a minute, an open page, orders, signals.
 */
export async function benchCosts(): Promise<void> {
  await withServer(
    "",
    async (server) => {
      const { api } = server;
      const minute = () => api.drill("minute", "");
      await counts(server);
      await phase(server, "the minute's clock, with nothing there", MINUTES, () => minute());
      const accountId = await api.openAccount("Costs", undefined, "10000000");
      await settle(server);
      await phase(server, "an account on paper that does nothing, a minute", MINUTES);
      await hold(server, accountId);
      await phase(server, "the same account with a position, a minute", MINUTES);
      for (let made = 0; made < BOTS; made++) await api.startBot(`Hour ${made}`, accountId, crossing("1h", made));
      await settle(server);
      await phase(server, `${BOTS} bots on hours, a minute`, MINUTES);
      const minutes = await api.openAccount("Costs of minutes", undefined, "10000000");
      for (let made = 0; made < BOTS; made++) await api.startBot(`Minute ${made}`, minutes, crossing("1m", made));
      await settle(server);
      await phase(server, `${BOTS} bots on minutes beside them, a minute`, MINUTES);
      const page = await openPage(server, minutes);
      await phase(server, "the same with an open page, a minute", MINUTES);
      page.close();
      await orders(server, await api.openAccount("Costs of orders", undefined, "10000000"));
      await signals(server);
    },
    {},
    "workers/count.ts",
  );
}

async function orders(server: BenchServer, accountId: string): Promise<void> {
  const { api } = server;
  const price = await api.lastPrice(INSTRUMENT);
  await settle(server);
  const kinds = {
    "an order that rests and is taken back": { kind: "limit", side: "buy", limit: (price * 0.98).toFixed(2) },
    "an order that trades at once": { kind: "market", side: "buy" },
  };
  for (const [name, shape] of Object.entries(kinds)) {
    for (let number = 0; number < ORDERS; number++) {
      const quantity = (0.001 + number / 100_000).toFixed(5);
      const body = { accountId, instrument: INSTRUMENT, quantity, ...shape };
      const { order } = await api.place(body, `costs-${shape.kind}-${number}`);
      if (shape.kind === "limit") await api.cancel(order.id);
      await wait(EVERY_MS);
    }
    await wait(BEHIND_MS);
    print(`${ORDERS} times ${name}, with the minutes that took`, await counts(server), ORDERS);
  }
}

async function signals(server: BenchServer): Promise<void> {
  const { api } = server;
  const accountId = await api.openAccount("Costs of signals", undefined, "10000000");
  const botId = await api.startBot("Driven", accountId, definition({ kind: "signals" }, "1m"));
  const path = await api.makeHook(botId);
  await settle(server);
  for (let number = 0; number < SIGNALS; number++) {
    const bar = Math.floor(Date.now() / MINUTE_MS - 100 + number) * MINUTE_MS;
    await api.signal(path, { action: "sell", position: "flat", bar, time: Date.now() });
    await wait(EVERY_MS);
  }
  await wait(BEHIND_MS);
  print(`${SIGNALS} signals that want what is so already, with the minutes that took`, await counts(server), SIGNALS);
}

/** A dashboard, an account, its bot and its market, acknowledged each second. */
async function openPage({ api, runtime }: BenchServer, accountId: string): Promise<{ close(): void }> {
  const paths = [
    "/api/v1/dashboard/live",
    `/api/v1/accounts/${accountId}/live`,
    `/api/v1/markets/live?instrument=${encodeURIComponent(INSTRUMENT)}`,
  ];
  const open = paths.map(async (path) => {
    const ticket = await api.socketTicket();
    const url = new URL(path, runtime.origin.replace(/^http/, "ws"));
    const socket = new WebSocket(url.href, ["apextrade.v1", `ticket.${ticket}`], { origin: runtime.origin });
    let sequence: number | undefined;
    socket.on("error", (error) => console.log(String(error)));
    socket.on("message", (data) => {
      sequence = (JSON.parse(String(data)) as { sequence?: number }).sequence ?? sequence;
    });
    const timer = setInterval(() => {
      if (sequence !== undefined) socket.send(JSON.stringify({ type: "ack", sequence }));
      sequence = undefined;
    }, 1_000);
    return () => {
      clearInterval(timer);
      socket.terminate();
    };
  });
  const closes = await Promise.all(open);
  return {
    close: () => {
      for (const close of closes) close();
    },
  };
}

function crossing(timeframe: string, number: number): object {
  const parameters = { fast: 3 + number, slow: 30 + number };
  return definition({ kind: "library", id: "ema-cross", parameters }, timeframe);
}

function definition(strategy: object, timeframe: string): object {
  const capital = "10000";
  const caps = { orderNotional: "100000", positionNotional: "100000", openOrders: "50", dailyLoss: "100000" };
  return { strategy, instruments: [INSTRUMENT], timeframe, capital, direction: "both", limits: { caps } };
}

async function hold(server: BenchServer, accountId: string): Promise<void> {
  const order = { accountId, instrument: INSTRUMENT, kind: "market", side: "buy", quantity: "0.001" };
  await server.api.place(order, "costs-position");
  await settle(server);
}

/** Lets what was just made come to rest, and forgets what that cost. */
async function settle(server: BenchServer): Promise<void> {
  await untilMinute(READ_AT_MS);
  await counts(server);
}

/** Counts whole minutes, and prints them by the minute. */
async function phase(server: BenchServer, name: string, minutes: number, each?: () => Promise<unknown>): Promise<void> {
  await server.api.renew();
  await untilMinute(READ_AT_MS);
  await counts(server);
  const beganAt = Date.now();
  for (let minute = 0; minute < minutes; minute++) {
    await each?.();
    await untilMinute(READ_AT_MS);
  }
  const counted = await counts(server);
  print(`${name}, ${(await server.api.orders(beganAt)).length} orders in ${minutes} minutes`, counted, minutes);
}

async function counts({ api }: BenchServer): Promise<Counts> {
  return (await (await api.drill("counts", "")).json()) as Counts;
}

function print(name: string, counted: Counts, each: number): void {
  console.log(`\n${name}, each`);
  for (const [source, work] of Object.entries(counted).sort(([a], [b]) => a.localeCompare(b))) {
    const shown = Object.entries(work).map(([unit, value]) => {
      const text = unit === "bytes" ? `${value} bytes in all` : `${(value / each).toFixed(1)} ${unit}`;
      return value === 0 ? "" : text;
    });
    if (shown.some((text) => text !== "")) console.log(`  ${source.padEnd(18)} ${shown.filter(Boolean).join(", ")}`);
  }
}

/** Waits until so long after the next minute's begin. */
async function untilMinute(afterMs: number): Promise<void> {
  const next = (Math.floor((Date.now() - afterMs) / MINUTE_MS) + 1) * MINUTE_MS + afterMs;
  await wait(next - Date.now());
}

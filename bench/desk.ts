import { Desk } from "../workers/account/desk.ts";
import type { DeskAccount } from "../workers/account/desk-account.ts";
import type { DeskIntent } from "../workers/account/desk-calls.ts";
import { intendedOrders } from "../workers/account/desk-intent.ts";
import { DeskDisk } from "../workers/account/testing/desk-disk.ts";
import { MemoryDeskStore } from "../workers/account/testing/memory-desk-store.ts";
import type { Broker } from "../workers/brokers/broker.ts";
import { ALWAYS_OPEN } from "../workers/core/candle/trading-calendar.ts";
import type { Decimal } from "../workers/core/ledger/decimal.ts";
import { parseDecimal, parseMoney, parsePrice } from "../workers/core/ledger/decimal-text.ts";
import { BTC, rulesOf } from "../workers/core/testing/risk-books.ts";

const BOTS = 20;
const OPEN_ORDERS = 100;
const VERDICTS = 5_000;
/** Verdicts before the clock starts: the first hundreds run before the compiler has seen them. */
const WARM_UP = 1_000;
const BUDGET_P99_MS = 1;
const STARTED_AT = 1_700_000_000_000;
/** Between two orders of the setup: no cap on rates may deny one. */
const EVERY_MS = 1_000;

const ACCOUNT: DeskAccount = {
  id: "acc_bench",
  currency: "USD",
  method: "fifo",
  instruments: new Map([[BTC, { ...rulesOf(), calendar: ALWAYS_OPEN, quote: "USD" }]]),
  marketTime: false,
  balanceTolerance: "0",
};

/**
 * Times the production gate's verdict with a hundred open orders of twenty bots, beside a loop that only makes the intent
 * and its hash. In Node, with a store in memory: a verdict reads none.
 */
export async function benchDesk(): Promise<void> {
  let now = STARTED_AT;
  const desk = new Desk({
    store: new MemoryDeskStore(new DeskDisk()),
    broker: takingBroker(() => now),
    account: ACCOUNT,
    now: () => now,
  });
  openBots(desk);
  for (let ordinal = 0; ordinal < OPEN_ORDERS; ordinal++) {
    now += EVERY_MS;
    await desk.hear({ events: [], marks: [markAt(now)], marketAt: now });
    const { order } = await desk.submit(botOf(ordinal), intentOf(ordinal));
    if (order.order.state !== "ACCEPTED") throw new Error(`the setup's order was ${order.verdict?.code}`);
  }
  now += EVERY_MS;
  const open = desk.books.openOrders().length;
  if (open !== OPEN_ORDERS) throw new Error(`${OPEN_ORDERS} orders must be open, were ${open}`);

  const hashed = timesOf((number) => {
    intendedOrders(intentOf(number), { account: ACCOUNT.id, bot: botOf(number) });
  });
  const judged = timesOf((number) => {
    const { main, legs } = intendedOrders(intentOf(number), { account: ACCOUNT.id, bot: botOf(number) });
    const { verdict, code } = desk.gate.judge(main, legs, { closes: undefined });
    if (verdict !== "pass") throw new Error(`a verdict of the bench must pass, was ${code}`);
  });
  const ratio = at(judged, 0.5) / at(hashed, 0.5);
  console.log(
    `\nVerdict of the desk, ${OPEN_ORDERS} open orders, ${BOTS} bots, ${VERDICTS.toLocaleString("en")} intents`,
  );
  print("intent and hash (the bound)", hashed);
  print(`verdict (budget p99 ${BUDGET_P99_MS} ms), ${ratio.toFixed(1)} x`, judged);
}

function openBots(desk: Desk): void {
  const cap = (text: string): Decimal => parseDecimal(text, "cap");
  const caps = { orderNotional: cap("10000"), positionNotional: cap("20000"), openOrders: cap("50") };
  desk.books.write(() => {
    for (let number = 0; number < BOTS; number++) {
      const bot = botOf(number);
      desk.switches.setLimits(bot, { caps: { ...caps, dailyLoss: cap("1000") }, instruments: [BTC] });
      const capital = parseMoney("20000", "capital");
      desk.switches.allot(bot, { capital, id: `capital:${bot}`, at: STARTED_AT });
    }
  });
}

function botOf(number: number): string {
  return `bot_${number % BOTS}`;
}

function intentOf(ordinal: number): DeskIntent {
  return {
    ...{ candleTime: STARTED_AT, leg: "entry", ordinal, instrument: BTC, side: "buy", kind: "limit", role: "entry" },
    ...{ quantity: "1", limit: (98 + (ordinal % 100) / 100).toFixed(2), reduceOnly: false, signal: `bench ${ordinal}` },
  };
}

function markAt(at: number) {
  return { instrument: BTC, price: parsePrice("100", "price"), at, heardAt: at, intervalMs: EVERY_MS };
}

/** Takes every order and trades none. */
function takingBroker(now: () => number): Broker {
  const deposit = { type: "deposit", id: "deposit:1", at: STARTED_AT, currency: "USD" } as const;
  return {
    capabilities: {
      ...{ kinds: ["limit"], legs: false, replace: false, lateAcceptMs: 30_000 },
      ...{ messagesPerSecond: 1_000, messagesPerMinute: 60_000 },
    },
    place: async ({ id }) => ({ outcome: "ack", venueOrderIds: new Map([[id, `v-${id}`]]) }),
    cancel: async () => ({ outcome: "ack", venueOrderIds: new Map() }),
    replace: async () => ({ outcome: "unknown", message: "not here" }),
    order: async () => undefined,
    report: async () => ({
      report: {
        ...{ askedAt: now(), orders: [], ordersComplete: false, fills: [], fillsComplete: true },
        movements: [{ ...deposit, amount: parseMoney("1000000", "amount") }],
        ...{ positions: undefined, balances: undefined },
      },
      cursor: "1",
    }),
    events: async () => ({ events: [], marks: [], marketAt: now() }),
  };
}

/** Sorted times of single calls, ms. */
function timesOf(work: (number: number) => void): Float64Array {
  const times = new Float64Array(VERDICTS);
  for (let number = 0; number < WARM_UP; number++) work(OPEN_ORDERS + number);
  for (let number = 0; number < VERDICTS; number++) {
    const started = performance.now();
    work(OPEN_ORDERS + WARM_UP + number);
    times[number] = performance.now() - started;
  }
  return times.sort();
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function print(name: string, sorted: Float64Array): void {
  console.log(`  ${name.padEnd(40)} p50 ${at(sorted, 0.5).toFixed(4)} ms, p99 ${at(sorted, 0.99).toFixed(4)} ms`);
}

if (import.meta.main) await benchDesk();

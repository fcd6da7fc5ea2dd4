import { setTimeout as wait } from "node:timers/promises";
import type { ApiClient } from "../drill/api-client.ts";
import { type Book, BrokerProcess } from "../drill/broker-process.ts";
import { percentile, timesText } from "../ops/runtime/percentiles.ts";
import { type BenchServer, withServer } from "./local-server.ts";

const INSTRUMENT = "SIM:BTC-USD";
/** As many orders as an account may have open. */
const OPEN_ORDERS = 1_000;
/** The platform lets ten orders of an account through in a second. */
const EVERY_MS = 105;
/** Accounts that are filled side by side and stopped one after another: one figure alone says little. */
const ACCOUNTS = 5;
/** Times that an account with nothing open is stopped and armed again, for the figure of the block alone. */
const BLOCKS = 20;
const BUDGET_BLOCK_MS = 250;
const BUDGET_CANCELLED_MS = 5_000;
const WAIT_MS_MAX = 60_000;
/** Between two of them, so that what follows one is not measured with the next. */
const REST_MS = 2_000;

/** What came of stopping one account. */
interface Kill {
  /** Orders that were open. */
  readonly open: number;
  readonly acknowledgedMs: number;
  readonly goneMs: number;
  readonly left: number;
  /** Orders that arrived at the broker after the acknowledgement. */
  readonly after: number;
}

/**
 * The kill switch over the API: the time until it is acknowledged, and until an account's thousand open orders are gone at a
 * broker in another process, while a client goes on placing orders: none of them may arrive after the acknowledgement.
 */
export async function benchKillSwitch(): Promise<void> {
  const broker = await BrokerProcess.start("60000");
  try {
    await withServer(broker.origin, (server) => measure(server, broker));
  } finally {
    await broker.stop();
  }
}

async function measure({ runtime, api }: BenchServer, broker: BrokerProcess): Promise<void> {
  await broker.tellTo(runtime.origin);
  const idle = await api.openAccount("Idle");
  const blocks: number[] = [];
  for (let count = 0; count < BLOCKS; count++) {
    const started = performance.now();
    await api.kill(idle);
    blocks.push(performance.now() - started);
    await wait(EVERY_MS);
  }
  const accountIds: string[] = [];
  for (let number = 1; number <= ACCOUNTS; number++) {
    accountIds.push(await api.openAccount(`Full ${number}`, undefined, "10000000"));
  }
  const trader = new Trader(api, await api.lastPrice(INSTRUMENT));
  await Promise.all(accountIds.map((accountId) => trader.fill(accountId)));
  const kills: Kill[] = [];
  for (const accountId of accountIds) {
    kills.push(await killFull(accountId, { api, broker, trader }));
    await wait(REST_MS);
  }
  show(blocks, kills);
}

/** Places limit orders that do not trade. */
class Trader {
  private readonly api: ApiClient;
  private readonly limit: string;

  constructor(api: ApiClient, price: number) {
    this.api = api;
    this.limit = (price * 0.98).toFixed(2);
  }

  place(accountId: string, number: number): Promise<unknown> {
    const quantity = (0.001 + number / 100_000).toFixed(5);
    const body = { accountId, instrument: INSTRUMENT, side: "buy", kind: "limit", quantity, limit: this.limit };
    return this.api.place(body, `kill-switch-${accountId}-${number}`);
  }

  async fill(accountId: string): Promise<void> {
    for (let number = 0; number < OPEN_ORDERS; number++) {
      await this.api.renew();
      const started = Date.now();
      await this.place(accountId, number);
      await wait(Math.max(0, started + EVERY_MS - Date.now()));
    }
  }
}

async function killFull(
  accountId: string,
  { api, broker, trader }: { readonly api: ApiClient; readonly broker: BrokerProcess; readonly trader: Trader },
): Promise<Kill> {
  const bookOf = async (): Promise<Book> => (await broker.books())[accountId];
  const openIn = (book: Book) => book.orders.filter(({ status }) => status === "open").length;
  const open = openIn(await bookOf());
  const started = Date.now();
  const pressing = Promise.allSettled([0, 1, 2, 3].map((number) => trader.place(accountId, OPEN_ORDERS + number)));
  await api.kill(accountId);
  const acknowledged = Date.now();
  const late = Promise.allSettled([4, 5, 6, 7].map((number) => trader.place(accountId, OPEN_ORDERS + number)));
  let book = await bookOf();
  while (openIn(book) > 0 && Date.now() < started + WAIT_MS_MAX) {
    await wait(20);
    book = await bookOf();
  }
  const goneMs = Date.now() - started;
  await Promise.all([pressing, late]);
  const after = (await bookOf()).orders.filter(({ receivedAt }) => receivedAt > acknowledged).length;
  return { open, acknowledgedMs: acknowledged - started, goneMs, left: openIn(book), after };
}

function show(blocks: readonly number[], kills: readonly Kill[]): void {
  const acknowledged = kills.map(({ acknowledgedMs }) => acknowledgedMs);
  const gone = kills.map(({ goneMs }) => goneMs);
  const sum = (of: (kill: Kill) => number) => kills.reduce((total, kill) => total + of(kill), 0);
  const fewest = Math.min(...kills.map(({ open }) => open)).toLocaleString("en");
  console.log(`\nThe kill switch over the API, ${kills.length} accounts with ${fewest} open orders each at a broker`);
  console.log(`  acknowledged, nothing open      ${timesText(blocks)} (budget ${BUDGET_BLOCK_MS})`);
  console.log(`  acknowledged, all of them open  ${timesText(acknowledged)} (budget ${BUDGET_BLOCK_MS})`);
  console.log(`  the last one is gone            ${timesText(gone)} (budget ${BUDGET_CANCELLED_MS})`);
  console.log(`  orders that are left            ${sum(({ left }) => left)} (must be 0)`);
  console.log(`  orders that came after it       ${sum(({ after }) => after)} (must be 0)`);
  console.log(`  ratio to the block alone        ${(percentile(gone, 0.5) / percentile(blocks, 0.5)).toFixed(0)} x`);
}

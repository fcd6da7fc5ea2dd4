import { setTimeout as wait } from "node:timers/promises";
import { type Book, BrokerProcess } from "../drill/broker-process.ts";
import { percentile, timesText } from "../ops/runtime/percentiles.ts";
import { type BenchServer, withServer } from "./local-server.ts";

const INSTRUMENT = "SIM:BTC-USD";
/** As many orders as an account may have open. */
const OPEN_ORDERS = 1_000;
/** The platform lets ten orders of an account through in a second. */
const EVERY_MS = 105;
/** Times that an account with nothing open is stopped and armed again, for the figure of the block alone. */
const BLOCKS = 20;
const BUDGET_BLOCK_MS = 250;
const BUDGET_CANCELLED_MS = 5_000;
const WAIT_MS_MAX = 60_000;

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
  const accountId = await api.openAccount("Full", undefined, "10000000");
  const price = await api.lastPrice(INSTRUMENT);
  const place = (number: number) => {
    const quantity = (0.001 + number / 100_000).toFixed(5);
    const body = { accountId, instrument: INSTRUMENT, side: "buy", kind: "limit", quantity };
    return api.place({ ...body, limit: (price * 0.98).toFixed(2) }, `kill-switch-${number}`);
  };
  for (let number = 0; number < OPEN_ORDERS; number++) {
    await api.renew();
    const started = Date.now();
    await place(number);
    await wait(Math.max(0, started + EVERY_MS - Date.now()));
  }
  const bookOf = async (): Promise<Book> => (await broker.books())[accountId];
  const open = (book: Book) => book.orders.filter(({ status }) => status === "open").length;
  const before = open(await bookOf());
  const started = Date.now();
  const pressing = Promise.allSettled([0, 1, 2, 3].map((number) => place(OPEN_ORDERS + number)));
  await api.kill(accountId);
  const acknowledged = Date.now();
  const late = Promise.allSettled([4, 5, 6, 7].map((number) => place(OPEN_ORDERS + number)));
  let book = await bookOf();
  while (open(book) > 0 && Date.now() < started + WAIT_MS_MAX) {
    await wait(20);
    book = await bookOf();
  }
  const gone = Date.now() - started;
  await Promise.all([pressing, late]);
  const after = (await bookOf()).orders.filter(({ receivedAt }) => receivedAt > acknowledged).length;
  console.log(`\nThe kill switch over the API, and ${before.toLocaleString("en")} open orders at a broker`);
  console.log(`  acknowledged, nothing open      ${timesText(blocks)} (budget ${BUDGET_BLOCK_MS})`);
  console.log(`  acknowledged, all of them open  ${acknowledged - started} ms (budget ${BUDGET_BLOCK_MS})`);
  console.log(`  the last one is gone            ${gone} ms (budget ${BUDGET_CANCELLED_MS}); ${open(book)} are left`);
  console.log(`  orders that came after it       ${after} (must be 0)`);
  console.log(`  ratio to the block alone        ${(gone / percentile(blocks, 0.5)).toFixed(0)} x`);
}

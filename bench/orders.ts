import { setTimeout as wait } from "node:timers/promises";
import { percentile, timesText } from "../ops/runtime/percentiles.ts";
import { type BenchServer, withServer } from "./local-server.ts";

const INSTRUMENT = "SIM:BTC-USD";
const ORDERS = 200;
/** Before the clock starts: the first orders run before the compiler has seen them. */
const WARM_UP = 30;
/** The platform lets ten orders of an account through in a second. */
const EVERY_MS = 110;

/**
 * Times an order on the paper venue from the request to the answer that the venue took it: over the API, and as a call of
 * the account's object, beside a call of the same object that only reads. One at a time.
 */
export async function benchOrders(): Promise<void> {
  await withServer("", async (server) => {
    const accountId = await server.api.openAccount("Bench", undefined, "10000000");
    const price = await server.api.lastPrice(INSTRUMENT);
    const shape = (number: number) => ({
      ...{ instrument: INSTRUMENT, side: "buy" as const, kind: "limit" as const },
      quantity: (0.001 + number / 100_000).toFixed(5),
      limit: (price * 0.98).toFixed(2),
    });
    const read = await timed(async () => (await server.api.drill("state", accountId)).json());
    const submitted = await timed((number) => submit(server, accountId, { ...shape(number), number }));
    const placed = await timed(async (number) => {
      const { order } = await server.api.place({ accountId, ...shape(number) }, `bench-order-${number}`);
      if (order.state !== "ACCEPTED") throw new Error(`an order of the bench was ${order.state} ${order.reason}`);
    });
    const ratio = (times: readonly number[]) => `${(percentile(times, 0.5) / percentile(read, 0.5)).toFixed(1)} x`;
    console.log("\nAn order on the paper venue until the venue has taken it, one at a time, in the local runtime");
    console.log(`  reading call of the object  ${timesText(read, 1)}`);
    console.log(`  order, call of the object   ${timesText(submitted, 1)}, ${ratio(submitted)}`);
    console.log(`  order over the API          ${timesText(placed, 1)}, ${ratio(placed)}`);
  });
}

async function submit({ api }: BenchServer, accountId: string, shape: object & { number: number }): Promise<void> {
  const { number, ...order } = shape;
  const signal = `bench ${number}`;
  const intent = { candleTime: number, leg: "bench", ordinal: 0, role: "entry", reduceOnly: false, signal, ...order };
  const reply = await api.drill("submit", accountId, [intent]);
  const [result] = (await reply.json()) as { order: { state: string; reason: string | null } }[];
  if (result?.order.state !== "ACCEPTED") throw new Error(`an order of the bench was ${JSON.stringify(result?.order)}`);
}

async function timed(work: (number: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let number = 0; number < WARM_UP + ORDERS; number++) {
    const started = performance.now();
    await work(number);
    const ms = performance.now() - started;
    if (number >= WARM_UP) times.push(ms);
    await wait(Math.max(0, EVERY_MS - ms));
  }
  return times;
}

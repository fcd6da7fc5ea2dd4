import { setTimeout as wait } from "node:timers/promises";
import { BrokerProcess } from "../drill/broker-process.ts";
import { DrillBots } from "../drill/drill-bots.ts";
import { timesText } from "../ops/runtime/percentiles.ts";
import { type BenchServer, withServer } from "./local-server.ts";

const ACCOUNTS = 20;
const BOTS_AN_ACCOUNT = 5;
const KILLS = 5;
/** Candles of each market in a second. */
const CANDLES_A_SECOND = 0.5;
/** How long bots trade before the runtime is killed. */
const TRADES_MS = 6_000;
const BUDGET_MS = 5_000;
const WAIT_MS_MAX = 60_000;
/** Between two looks at the broker, which cost the runtime nothing, and at the bots, which do. */
const LOOK_MS = 10;
const LOOK_AT_BOTS_MS = 250;

/**
 * Kills the runtime with -9 under a hundred bots and starts it again: the time from the start until it answers, until the
 * broker, a process of its own, was asked for the books of every account, and until every bot has decided on a candle.
 * Nobody asks the accounts for anything before the second: they wake by themselves.
 */
export async function benchRecovery(): Promise<void> {
  const broker = await BrokerProcess.start("60000");
  try {
    await withServer(broker.origin, (server) => measure(server, broker));
  } finally {
    await broker.stop();
  }
}

async function measure({ runtime, api }: BenchServer, broker: BrokerProcess): Promise<void> {
  await broker.tellTo(runtime.origin);
  const counts = { accounts: ACCOUNTS, botsAnAccount: BOTS_AN_ACCOUNT, candlesASecond: CANDLES_A_SECOND };
  const bots = await DrillBots.start(api, counts, "SIM:BTC-USD");
  const goesOn = async () => (await bots.standing()).length === 0;
  await until(goesOn, LOOK_AT_BOTS_MS);
  const [answered, reconciled, decided]: number[][] = [[], [], []];
  for (let kill = 0; kill < KILLS; kill++) {
    await api.renew();
    await wait(TRADES_MS);
    await until(goesOn, LOOK_AT_BOTS_MS);
    await runtime.kill();
    const started = Date.now();
    await runtime.start();
    answered.push(Date.now() - started);
    await until(async () => {
      const books = await broker.books();
      return bots.accounts.every((id) => (books[id]?.reportedAt ?? 0) > started);
    }, LOOK_MS);
    reconciled.push(Date.now() - started);
    await until(goesOn, LOOK_AT_BOTS_MS);
    decided.push(Date.now() - started);
  }
  console.log(`\nRestart after kill -9 under ${ACCOUNTS * BOTS_AN_ACCOUNT} bots of ${ACCOUNTS} accounts`);
  console.log(`  first reply              ${timesText(answered)}`);
  console.log(`  all books reconciled     ${timesText(reconciled)} (budget ${BUDGET_MS})`);
  console.log(`  every bot has decided    ${timesText(decided)}`);
}

async function until(isSo: () => Promise<boolean>, everyMs: number): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`it must recover within ${WAIT_MS_MAX} ms`);
    await wait(everyMs);
  }
}

import { setTimeout as wait } from "node:timers/promises";
import { percentile, timesText } from "../ops/runtime/percentiles.ts";
import { type BenchServer, withServer } from "./local-server.ts";

const BOTS = 1_000;
/** As many bots as an account may have. */
const BOTS_AN_ACCOUNT = 50;
const INSTRUMENT = "SIM:BTC-USD";
const MINUTE_MS = 60_000;
/** Minutes that are measured, after one in which all bots have begun. */
const MINUTES = 3;
const MADE_AT_ONCE = 4;
/** After the minute's close every bot should have decided by now; what it says of itself is read then. */
const READ_AT_MS = 35_000;
const READ_AT_ONCE = 10;
const BUDGET_P99_MS = 2_000;

const STRATEGY = { kind: "library", id: "ema-cross", parameters: { fast: 5, slow: 12 } };
const CAPITAL = "10000";
const DEFINITION = {
  ...{ strategy: STRATEGY, instruments: [INSTRUMENT], timeframe: "1m", capital: CAPITAL, direction: "both" },
  limits: { caps: { orderNotional: CAPITAL, positionNotional: CAPITAL, openOrders: "10", dailyLoss: CAPITAL } },
};

/**
 * A thousand bots that decide on each minute of the running market, trading on paper: the share of a minute's processor
 * time that the runtime uses, of one core, and how late each bot decides after its moment.
 */
export async function benchBots(): Promise<void> {
  await withServer("", async (server) => {
    const ids = await makeBots(server);
    await untilMinute(READ_AT_MS);
    await untilMinute(READ_AT_MS);
    const lateness: number[] = [];
    const shares: number[] = [];
    let missed = 0;
    for (let minute = 0; minute < MINUTES; minute++) {
      const [began, cpu] = [Date.now(), server.runtime.cpuMs()];
      await untilMinute(READ_AT_MS);
      shares.push((server.runtime.cpuMs() - cpu) / (Date.now() - began));
      const due = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
      for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
        const states = await Promise.all(ids.slice(at, at + READ_AT_ONCE).map((id) => server.api.bot(id)));
        for (const { status, latenessMs, lastCandleAt } of states) {
          if (status !== "running" || latenessMs === null || lastCandleAt !== due) missed++;
          else lateness.push(latenessMs);
        }
      }
    }
    console.log(`\n${BOTS.toLocaleString("en")} bots on minutes of the running market, ${MINUTES} minutes`);
    console.log(`  decides after its moment   ${timesText(lateness)} (budget p99 ${BUDGET_P99_MS})`);
    console.log(`  minutes that were missed   ${missed}`);
    console.log(`  memory of the runtime      ${(server.runtime.memory().workerd / 1e6).toFixed(0)} MB`);
    console.log(`  share of a core            ${shares.map((share) => `${(share * 100).toFixed(0)} %`).join(", ")}`);
    console.log(`  median of the share        ${(percentile(shares, 0.5) * 100).toFixed(0)} %`);
  });
}

async function makeBots({ api }: BenchServer): Promise<string[]> {
  const ids: string[] = [];
  for (let account = 0; account * BOTS_AN_ACCOUNT < BOTS; account++) {
    await api.renew();
    const accountId = await api.openAccount(`Bench ${account}`, undefined, "10000000");
    for (let made = 0; made < BOTS_AN_ACCOUNT; made += MADE_AT_ONCE) {
      const now = Array.from({ length: Math.min(MADE_AT_ONCE, BOTS_AN_ACCOUNT - made) }, (_, at) =>
        api.startBot(`Bench ${account} ${made + at}`, accountId, DEFINITION),
      );
      ids.push(...(await Promise.all(now)));
    }
  }
  return ids;
}

/** Waits until so long after the next minute's begin. */
async function untilMinute(afterMs: number): Promise<void> {
  const next = (Math.floor((Date.now() - afterMs) / MINUTE_MS) + 1) * MINUTE_MS + afterMs;
  await wait(next - Date.now());
}

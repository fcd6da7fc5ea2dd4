import { MINUTE_MS } from "../../../workers/core/candle/timeframe.ts";
import { seededRandom } from "../../../workers/core/testing/random-candles.ts";
import { binanceBackfill, sourceCandles } from "./binance-backfill.ts";
import { differenceOf } from "./same-candles.ts";
import { spoiltPages } from "./spoilt-pages.ts";

/**
 * Two years of minutes from Binance's emulator into an archive, once in peace and once with everything that can go wrong;
 * prints what it took and holds each candle against its source. `npm run backfill -- [seed]`.
 */
const [FROM, TO] = [Date.UTC(2022, 0, 1), Date.UTC(2024, 0, 1)];
const seed = Number(process.argv[2] ?? 1);
/** What a consumer logs of its failures, thousands of lines of them, is what is provoked here. */
console.error = () => undefined;

const source = sourceCandles(FROM, TO);
for (const isRough of [false, true]) {
  const random = seededRandom(seed + 1_000);
  const rough = {
    deaths: 0.002,
    lostMessages: 0.05,
    doubledMessages: 0.2,
    spoil: spoiltPages({ random, share: 0.05 }),
  };
  const { stage, begin, venue, clock } = binanceBackfill({ seed, ...(isRough ? rough : {}) });
  const faults = { "request-lost": 0.005, "server-down": 0.01, "rate-limited": 0.01, "html-body": 0.01 };
  if (isRough) venue.faults.rates = faults;
  const [began, since] = [performance.now(), clock.now];
  const id = await begin(FROM, TO);
  let row = await stage.finish(id);
  for (; row.errorCode === "gave_up"; row = await stage.finish(id)) await stage.resume(id);
  const seconds = (performance.now() - began) / 1_000;
  const difference = differenceOf(await stage.candles(row, "1m"), source);
  const minutes = new Map<number, number>();
  for (const at of stage.requestsAt)
    minutes.set(Math.floor(at / MINUTE_MS), (minutes.get(Math.floor(at / MINUTE_MS)) ?? 0) + 1);
  console.log(
    [
      isRough ? "with faults" : "in peace",
      `${row.candles.toLocaleString("en")} candles, ${row.status}, ${difference === undefined ? "equal to the source bit for bit" : `differs: ${difference}`}`,
      `${stage.requestsAt.length.toLocaleString("en")} requests, at most ${Math.max(...minutes.values())} in a minute`,
      `${((clock.now - since) / MINUTE_MS).toFixed(1)} minutes at the venue's pace, ${seconds.toFixed(1)} s of this machine`,
      `${stage.messages} messages, ${stage.deaths} processes ended, ${row.rateWaits} waits for the rate`,
      `${row.repaired} candles repaired, ${row.missing} missing, ${await stage.waste(row)} objects left over`,
      `${venue.rate.refusals} refusals for the rate, ${venue.rate.bans} bans`,
    ].join("\n  "),
  );
  if (difference !== undefined || row.status !== "done") process.exitCode = 1;
}

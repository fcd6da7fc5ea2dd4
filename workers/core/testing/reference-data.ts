import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type CandleColumns, emptyCandles } from "../candle/candle.ts";

/** Real candles lie beside a checkout that has them; they are not ours to ship. */
const FOLDER = new URL("../../../../shared/data/", import.meta.url);

export const HAS_REFERENCE_DATA = existsSync(new URL("README.md", FOLDER));

/** The candles of one gzipped file with the columns time, open, high, low, close and volume. */
export function referenceCandles(name: string): CandleColumns {
  const text = gunzipSync(readFileSync(new URL(`${name}.csv.gz`, FOLDER))).toString();
  const rows = text.trim().split("\n").slice(1);
  const candles = emptyCandles(rows.length);
  rows.forEach((row, index) => {
    const [time, open, high, low, close, volume] = row.split(",");
    candles.time[index] = Date.parse(time);
    candles.open[index] = Number(open);
    candles.high[index] = Number(high);
    candles.low[index] = Number(low);
    candles.close[index] = Number(close);
    candles.volume[index] = Number(volume);
  });
  return candles;
}

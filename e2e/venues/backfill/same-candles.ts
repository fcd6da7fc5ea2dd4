import { CANDLE_FIELDS, type CandleColumns } from "../../../workers/core/candle/candle.ts";

/** What of two series differs in any bit: their lengths or a column; undefined where nothing does. */
export function differenceOf(left: CandleColumns, right: CandleColumns): string | undefined {
  if (left.length !== right.length) return `${left.length} candles, not ${right.length}`;
  return CANDLE_FIELDS.find((field) => {
    const [one, other] = [left, right].map((all) => new Uint8Array(all[field].slice(0, all.length).buffer));
    return one === undefined || other === undefined || Buffer.compare(one, other) !== 0;
  });
}

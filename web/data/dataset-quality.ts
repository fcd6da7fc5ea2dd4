import type { Dataset } from "../../schema/wire/dataset.ts";
import { formatCount, formatPercent } from "../format/format.ts";

export interface Quality {
  readonly word: "complete" | "gaps" | "refused rows" | "made";
  readonly detail: string;
  readonly doubtful: boolean;
}

/** Under this share of missing or refused candles a dataset is as good as whole. */
const HARMLESS_SHARE = 0.001;

/** How far a dataset can be trusted, in a word and a sentence. */
export function qualityOf(dataset: Pick<Dataset, "source" | "report" | "candles">): Quality {
  const { report } = dataset;
  if (report === null) {
    const detail = "Made by the simulated market: no gaps, no mistakes, and no real market either.";
    return dataset.source === "simulated"
      ? { word: "made", detail, doubtful: false }
      : { word: "complete", detail: "No report was kept.", doubtful: false };
  }
  const refused = report.badRows.reduce((sum, rows) => sum + rows.count, 0);
  const missing = report.gapCandles / Math.max(1, dataset.candles + report.gapCandles);
  if (refused > 0) {
    const detail = `${formatCount(refused)} rows were refused, ${formatCount(report.gapCandles)} candles are missing.`;
    return { word: "refused rows", detail, doubtful: refused / Math.max(1, report.rowsRead) > HARMLESS_SHARE };
  }
  if (report.gapCount === 0) return { word: "complete", detail: "No gaps and no refused rows.", doubtful: false };
  const detail = `${formatCount(report.gapCount)} gaps, ${formatPercent(missing)} of candles missing.`;
  return { word: "gaps", detail, doubtful: missing > HARMLESS_SHARE };
}

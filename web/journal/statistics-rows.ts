import type { CurrencyTagStatistics, JournalStatistics } from "../../schema/wire/journal.ts";

/** The trades of a tag, or all of them where it is empty, in one currency. */
export interface StatisticsRow extends CurrencyTagStatistics {
  readonly currency: string;
  readonly words: string;
}

/** All trades, then each tag: for each currency by itself, which is named where there are several. */
export function statisticsRows({ currencies }: JournalStatistics): readonly StatisticsRow[] {
  return currencies.flatMap(({ currency, all, tags }) => [
    { ...all, currency, words: currencies.length > 1 ? `All trades in ${currency}` : "All trades" },
    ...tags.map((row) => ({ ...row, currency, words: row.tag })),
  ]);
}

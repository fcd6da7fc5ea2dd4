import { z } from "zod";
import { Page, PageQuery, TimeMs } from "./primitive.ts";
import { Decimal } from "./trading.ts";

/** Tags of one trade, and characters of one. */
export const JOURNAL_TAGS_MAX = 12;
export const JOURNAL_TAG_CHARACTERS_MAX = 40;
export const JOURNAL_NOTES_CHARACTERS_MAX = 10_000;
/** Largest picture of a chart that is kept with a trade. */
export const JOURNAL_PICTURE_BYTES_MAX = 1_000_000;

/** A trade from its opening to its close, with what its owner wrote about it. */
export const JournalTrade = z.object({
  id: z.string(),
  accountId: z.string(),
  botId: z.string().nullable(),
  instrument: z.string(),
  side: z.enum(["long", "short"]),
  quantity: Decimal,
  openedAt: TimeMs,
  closedAt: TimeMs,
  entryPrice: Decimal,
  exitPrice: Decimal,
  fees: Decimal,
  /** Net of fees. */
  profit: Decimal,
  /** Role of the order that ended it, such as stop; `elsewhere` where it was none of ours. */
  exitReason: z.string(),
  notes: z.string(),
  tags: z.array(z.string()),
  rating: z.number().int().min(1).max(5).nullable(),
  hasPicture: z.boolean(),
});
export type JournalTrade = z.infer<typeof JournalTrade>;

export const EditJournalTrade = z.strictObject({
  notes: z.string().max(JOURNAL_NOTES_CHARACTERS_MAX).optional(),
  tags: z.array(z.string().trim().min(1).max(JOURNAL_TAG_CHARACTERS_MAX)).max(JOURNAL_TAGS_MAX).optional(),
  rating: z.number().int().min(1).max(5).nullable().optional(),
});
export type EditJournalTrade = z.infer<typeof EditJournalTrade>;

export const ListJournal = PageQuery.extend({
  accountId: z.string().max(60).optional(),
  botId: z.string().max(60).optional(),
  instrument: z.string().max(60).optional(),
  tag: z.string().max(JOURNAL_TAG_CHARACTERS_MAX).optional(),
  result: z.enum(["won", "lost"]).optional(),
  search: z.string().max(60).optional(),
});
export type ListJournal = z.infer<typeof ListJournal>;
export const JournalPage = Page(JournalTrade);

/** How trades of one currency went, those of a tag or all of them; null where it is not defined. */
export const CurrencyTagStatistics = z.object({
  /** Empty for all trades. */
  tag: z.string(),
  trades: z.number().int(),
  profit: Decimal,
  winRate: z.number().nullable(),
  /** Gains over losses; null without a loss. */
  profitFactor: z.number().nullable(),
  averageProfit: Decimal,
});
export type CurrencyTagStatistics = z.infer<typeof CurrencyTagStatistics>;

/** The trades of the accounts that are kept in one currency. */
export const CurrencyStatistics = z.object({
  currency: z.string(),
  all: CurrencyTagStatistics,
  tags: z.array(CurrencyTagStatistics),
});
export type CurrencyStatistics = z.infer<typeof CurrencyStatistics>;

/**
 * How the trades of one tag went. Money of several currencies has no sum: with trades of more than one, `currency`, `profit`,
 * `profitFactor` and `averageProfit` are null, and `currencies` of the whole has them. Counts and `winRate` are of all trades.
 */
export const TagStatistics = CurrencyTagStatistics.extend({
  currency: z.string().nullable(),
  profit: Decimal.nullable(),
  averageProfit: Decimal.nullable(),
});
export const JournalStatistics = z.object({
  all: TagStatistics,
  tags: z.array(TagStatistics),
  /** One for each currency that was traded in, the one with most trades first. */
  currencies: z.array(CurrencyStatistics),
});
export type JournalStatistics = z.infer<typeof JournalStatistics>;

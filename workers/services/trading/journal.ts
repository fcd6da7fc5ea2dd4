import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { journal, journalTags, tradingAccounts } from "../../../schema/tables/trading.ts";
import type { EditJournalTrade, JournalStatistics, JournalTrade, ListJournal } from "../../../schema/wire/journal.ts";
import { JOURNAL_PICTURE_BYTES_MAX } from "../../../schema/wire/journal.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import { parseMoney } from "../../core/ledger/decimal-text.ts";
import { invalid, notFound, tooLarge } from "../../platform/problem-error.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { summariseTrades } from "./journal-statistics.ts";
import { behindCursor, newestFirst, pageOf } from "./page-cursor.ts";

type JournalRow = typeof journal.$inferSelect;
const PLACE = { at: journal.closedAt, id: journal.id };
/** Trades that statistics are made of: years of an active trader. */
const STATISTICS_TRADES_MAX = 20_000;
// D1 takes 100 parameters a statement.
const IDS_A_STATEMENT = 90;
const PNG_MAGIC = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

async function tagsOf(ctx: ServiceContext, ids: readonly string[]): Promise<Map<string, string[]>> {
  const tags = new Map<string, string[]>();
  for (let at = 0; at < ids.length; at += IDS_A_STATEMENT) {
    const where = inArray(journalTags.tradeId, ids.slice(at, at + IDS_A_STATEMENT));
    const rows = await ctx.owned.list(journalTags, { where, limit: IDS_A_STATEMENT * 20 });
    for (const { tradeId, tag } of rows) tags.set(tradeId, [...(tags.get(tradeId) ?? []), tag]);
  }
  return tags;
}

function tradeOf(row: JournalRow, tags: readonly string[]): JournalTrade {
  const { ownerId: _owner, won: _won, pictureKey, ...rest } = row;
  return { ...rest, tags: [...tags].sort(), hasPicture: pictureKey !== null };
}

function filterOf(input: ListJournal): SQL | undefined {
  const text = input.search?.toLowerCase() ?? "";
  const tagged = sql`exists (select 1 from ${journalTags}
    where ${journalTags.tradeId} = ${journal.id} and ${journalTags.tag} = ${input.tag})`;
  return and(
    input.accountId === undefined ? undefined : eq(journal.accountId, input.accountId),
    input.botId === undefined ? undefined : eq(journal.botId, input.botId),
    input.instrument === undefined ? undefined : eq(journal.instrument, input.instrument),
    input.result === undefined ? undefined : eq(journal.won, input.result === "won"),
    input.tag === undefined ? undefined : tagged,
    text === "" ? undefined : sql`instr(lower(${journal.notes} || ' ' || ${journal.instrument}), ${text}) > 0`,
  );
}

export async function listJournal(call: { ctx: ServiceContext; input: ListJournal }) {
  const { ctx, input } = call;
  const where = and(behindCursor(PLACE, input.cursor), filterOf(input));
  const rows = await ctx.owned.list(journal, { where, orderBy: newestFirst(PLACE), limit: input.limit + 1 });
  const page = pageOf(rows, input.limit, (row) => [row.closedAt, row.id]);
  const tags = await tagsOf(
    ctx,
    page.rows.map((row) => row.id),
  );
  return { rows: page.rows.map((row) => tradeOf(row, tags.get(row.id) ?? [])), next: page.next };
}

async function findTrade(ctx: ServiceContext, id: string): Promise<JournalRow> {
  const row = await ctx.owned.find(journal, eq(journal.id, id));
  if (row === undefined) throw notFound("trade");
  return row;
}

/** Changes what a person wrote about a trade. The trade itself is a fact. */
export async function editJournal(call: {
  ctx: ServiceContext;
  input: { id: string } & EditJournalTrade;
}): Promise<JournalTrade> {
  const { ctx, input } = call;
  const row = await findTrade(ctx, input.id);
  const values = {
    notes: input.notes ?? row.notes,
    rating: input.rating === undefined ? row.rating : input.rating,
  };
  const tags = input.tags === undefined ? undefined : [...new Set(input.tags)];
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(journal, values, eq(journal.id, row.id)),
    ...(tags === undefined
      ? []
      : [
          ctx.owned.prepareRemove(journalTags, eq(journalTags.tradeId, row.id)),
          ...tags.map((tag) => ctx.owned.prepareInsert(journalTags, { tradeId: row.id, tag })),
        ]),
    prepareAudit(trailOf(ctx), {
      action: "journal.edit",
      subject: { kind: "trade", id: row.id },
      after: { rating: values.rating, notesCharacters: values.notes.length, tags },
    }),
  ]);
  const kept = (await tagsOf(ctx, [row.id])).get(row.id) ?? [];
  return tradeOf({ ...row, ...values }, kept);
}

/** How all trades went, and those of each tag, by the currency of their account. */
export async function journalStatistics(call: { ctx: ServiceContext }): Promise<JournalStatistics> {
  const { ctx } = call;
  const rows = await ctx.owned.list(journal, { orderBy: [desc(journal.closedAt)], limit: STATISTICS_TRADES_MAX });
  const tagRows = await ctx.owned.list(journalTags, { limit: STATISTICS_TRADES_MAX });
  const accounts = await ctx.owned.list(tradingAccounts, { limit: STATISTICS_TRADES_MAX });
  const currencyById = new Map(accounts.map(({ id, currency }) => [id, currency]));
  const tagsById = Map.groupBy(tagRows, (row) => row.tradeId);
  return summariseTrades(
    rows.map(({ id, accountId, profit }) => ({
      // A trade is deleted before its account is, so that a trade without one is being deleted.
      currency: currencyById.get(accountId) ?? "",
      profit: parseMoney(profit, "profit"),
      tags: tagsById.get(id)?.map(({ tag }) => tag) ?? [],
    })),
  );
}

/** Keeps the picture of a trade's chart. Throws 422 for what is no PNG, 413 for what is too large. */
export async function putPicture(call: {
  ctx: ServiceContext;
  input: { id: string; body: ArrayBuffer };
}): Promise<void> {
  const { ctx, input } = call;
  const row = await findTrade(ctx, input.id);
  const bytes = new Uint8Array(input.body);
  if (bytes.length > JOURNAL_PICTURE_BYTES_MAX) {
    throw tooLarge(`The picture must have at most ${JOURNAL_PICTURE_BYTES_MAX} bytes, had ${bytes.length}.`);
  }
  if (!PNG_MAGIC.every((byte, index) => bytes[index] === byte)) throw invalid("body", "must be a PNG picture");
  const key = `journal/${ctx.ownerId}/${row.id}.png`;
  await ctx.env.BUCKET.put(key, bytes, { httpMetadata: { contentType: "image/png" } });
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(journal, { pictureKey: key }, eq(journal.id, row.id)),
    prepareAudit(trailOf(ctx), { action: "journal.picture", subject: { kind: "trade", id: row.id } }),
  ]);
}

/** Throws 404 where there is none. */
export async function readPicture(call: { ctx: ServiceContext; input: { id: string } }): Promise<ReadableStream> {
  const { ctx, input } = call;
  const row = await findTrade(ctx, input.id);
  const object = row.pictureKey === null ? null : await ctx.env.BUCKET.get(row.pictureKey);
  if (object === null) throw notFound("picture");
  return object.body;
}

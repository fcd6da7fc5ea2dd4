import { and, asc, count, eq, gt, isNotNull, sql } from "drizzle-orm";
import { backtests } from "../../schema/tables/backtest.ts";
import { candlePeriods } from "../../schema/tables/candle.ts";
import { bots, journal } from "../../schema/tables/trading.ts";
import { REPORT_PARTS } from "../../schema/wire/report.ts";
import type { Signal } from "../../schema/wire/signal.ts";
import { drainAudit } from "../audit/drain-audit.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { RunStore } from "../run/run-store.ts";
import { botObject } from "../services/trading/account-object-of.ts";
import { type ArchiveFile, type ExportSection, textFile } from "./export-section.ts";
import { FILE_CHARACTERS_MAX } from "./table-section.ts";

const place = sql<number>`rowid`;
/** Signals that a bot's object is asked for at once: some 400 kB. */
const SIGNALS_A_CALL = 1_000;

/** The candles of the person's datasets, file by file as they are stored. */
export const CANDLE_SECTION: ExportSection = {
  async count({ database, ownerId }) {
    const [row] = await database
      .select({ rows: count() })
      .from(candlePeriods)
      .where(eq(candlePeriods.ownerId, ownerId));
    return row?.rows ?? 0;
  },
  async read({ env, database, ownerId }, { after, part }) {
    const { datasetId, timeframe, period, objectKey } = candlePeriods;
    const [row] = await database
      .select({ datasetId, timeframe, period, objectKey, place })
      .from(candlePeriods)
      .where(and(eq(candlePeriods.ownerId, ownerId), gt(place, after)))
      .orderBy(asc(place))
      .limit(1);
    if (row === undefined) return { file: undefined, items: 0, next: undefined };
    const name = `candles/${row.datasetId}/${row.timeframe}/${row.period}.arrow`;
    const file = objectFile(name, await env.BUCKET.get(row.objectKey));
    return { file, items: 1, next: { after: row.place, part } };
  },
};

/** The parts of the reports of the person's runs. A part's number stands in the cursor. */
export const REPORT_SECTION: ExportSection = {
  async count({ database, ownerId }) {
    const done = and(eq(backtests.ownerId, ownerId), eq(backtests.status, "done"));
    const [row] = await database.select({ rows: count() }).from(backtests).where(done);
    return (row?.rows ?? 0) * REPORT_PARTS.length;
  },
  async read({ env, database, ownerId }, { after, part }) {
    const done = and(eq(backtests.ownerId, ownerId), eq(backtests.status, "done"));
    const [row] = await database
      .select({ id: backtests.id, place })
      .from(backtests)
      .where(and(done, gt(place, after)))
      .orderBy(asc(place))
      .limit(1);
    const name = REPORT_PARTS[part - 1];
    if (row === undefined || name === undefined) return { file: undefined, items: 0, next: undefined };
    const store = new RunStore({ owned: ownedDatabase(database, ownerId), bucket: env.BUCKET });
    const object = await store.readReport({ id: row.id, ownerId }, name);
    const next = part < REPORT_PARTS.length ? { after, part: part + 1 } : { after: row.place, part: 1 };
    return { file: objectFile(`reports/${row.id}/${name}.json`, object), items: 1, next };
  },
};

/** The pictures that the person kept with their trades. */
export const PICTURE_SECTION: ExportSection = {
  async count({ database, ownerId }) {
    const kept = and(eq(journal.ownerId, ownerId), isNotNull(journal.pictureKey));
    const [row] = await database.select({ rows: count() }).from(journal).where(kept);
    return row?.rows ?? 0;
  },
  async read({ env, database, ownerId }, { after, part }) {
    const kept = and(eq(journal.ownerId, ownerId), isNotNull(journal.pictureKey), gt(place, after));
    const { id, pictureKey } = journal;
    const [row] = await database
      .select({ id, pictureKey, place })
      .from(journal)
      .where(kept)
      .orderBy(asc(place))
      .limit(1);
    if (row === undefined) return { file: undefined, items: 0, next: undefined };
    const object = row.pictureKey === null ? null : await env.BUCKET.get(row.pictureKey);
    return { file: objectFile(`journal/${row.id}.png`, object), items: 1, next: { after: row.place, part } };
  },
};

/** Signals that the person's bots were sent, one file a bot. */
export const SIGNAL_SECTION: ExportSection = {
  async count({ database, ownerId }) {
    const [row] = await database.select({ rows: count() }).from(bots).where(eq(bots.ownerId, ownerId));
    return row?.rows ?? 0;
  },
  async read({ env, database, ownerId }, { after, part }) {
    const [row] = await database
      .select({ id: bots.id, place })
      .from(bots)
      .where(and(eq(bots.ownerId, ownerId), gt(place, after)))
      .orderBy(asc(place))
      .limit(1);
    if (row === undefined) return { file: undefined, items: 0, next: undefined };
    const { object } = await botObject({ env, ownerId }, row.id);
    const lines: string[] = [];
    for (let before: number | undefined; ; ) {
      const rows: Signal[] = structuredClone(await object.listSignals({ ownerId, before, limit: SIGNALS_A_CALL }));
      lines.push(...rows.map((signal) => `${JSON.stringify(signal)}\n`));
      before = rows.at(-1)?.sequence;
      if (rows.length < SIGNALS_A_CALL) break;
    }
    const file = lines.length === 0 ? undefined : textFile(`signals/${row.id}.ndjson`, lines.join(""));
    return { file, items: 1, next: { after: row.place, part } };
  },
};

/** The person's audit trail with its hashes, so that the chain can be checked without us. */
export const AUDIT_SECTION: ExportSection = {
  async count({ ownerId, trail }) {
    return (await trail.head(ownerId)).seq;
  },
  async read({ env, ownerId, trail }, cursor) {
    // What waits in the outbox belongs to the trail.
    if (cursor.part === 1) await drainAudit(env);
    let { after } = cursor;
    const lines: string[] = [];
    let characters = 0;
    for (;;) {
      const entries = await trail.following({ ownerId, after });
      for (const { seq, hash, record } of entries) {
        const line = `{"seq":${seq},"hash":${JSON.stringify(hash)},"record":${record}}\n`;
        lines.push(line);
        characters += line.length;
        after = seq;
      }
      const name = cursor.part === 1 ? "audit-trail" : `audit-trail-${cursor.part}`;
      const file = () => textFile(`${name}.ndjson`, lines.join(""));
      if (entries.length === 0) return { file: file(), items: lines.length, next: undefined };
      if (characters >= FILE_CHARACTERS_MAX) {
        return { file: file(), items: lines.length, next: { after, part: cursor.part + 1 } };
      }
    }
  },
};

/** An object as a file; none where it was removed since its row was read. */
function objectFile(name: string, object: R2ObjectBody | null): ArchiveFile | undefined {
  return object === null ? undefined : { name, bytes: object.size, body: object.body };
}

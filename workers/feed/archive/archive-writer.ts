import { aggregateCandles } from "../../core/candle/aggregator.ts";
import type { CandleColumns } from "../../core/candle/candle.ts";
import { emptyCandles, indexAtTime, joinCandles, sliceCandles } from "../../core/candle/candle.ts";
import type { Timeframe } from "../../core/candle/timeframe.ts";
import { divides } from "../../core/candle/timeframe.ts";
import { newId } from "../../platform/ids.ts";
import { periodEnd, periodOf, periodStart } from "../period.ts";
import type { ArchiveStore } from "./candle-archive.ts";
import { deleteObjects, encodeStretch, MissingObjectError, readObject, sameContent } from "./candle-archive.ts";
import type { ManifestEntry, ManifestStatement } from "./candle-manifest.ts";
import { mergeCandles, replaceRange } from "./merge-candles.ts";

/** Larger series stored beside an imported one, so that a chart of years does not read its minutes. */
const COMPANIONS: readonly Timeframe[] = ["1h", "1d"];

/** Attempts to commit while others rewrite the same stretch; each starts from what they stored. */
const COMMIT_ATTEMPTS_MAX = 5;

/** What a dataset holds once a write is committed. */
export interface ArchiveTotals {
  readonly from: number;
  readonly to: number;
  readonly candles: number;
}

/**
 * Writes candles to a dataset. What is pushed is stored stretch by stretch under keys of this writer's own that nothing
 * names; `commit` makes all of it visible at once. Candles that the dataset holds already are replaced where the times are equal, so
 * writing the same ones again changes nothing.
 */
export class ArchiveWriter {
  private readonly store: ArchiveStore;
  private readonly datasetId: string;
  private readonly id = newId("wri");
  private readonly timeframe: Timeframe;
  private readonly staged: ManifestEntry[] = [];
  private readonly companions: readonly Timeframe[];
  private readonly larger = new Map<string, CandleColumns>();
  private readonly made = new Set<string>();
  private pending: CandleColumns[] = [];
  private pendingPeriod = "";

  constructor(
    store: ArchiveStore,
    { datasetId, timeframe }: { readonly datasetId: string; readonly timeframe: Timeframe },
  ) {
    this.store = store;
    this.datasetId = datasetId;
    this.timeframe = timeframe;
    this.companions = COMPANIONS.filter((larger) => larger !== timeframe && divides(timeframe, larger));
  }

  /** Adds checked candles; times must rise from call to call. The columns may be reused by the caller afterwards. */
  async push(candles: CandleColumns): Promise<void> {
    let start = 0;
    while (start < candles.length) {
      const period = periodOf(candles.time[start], this.timeframe);
      if (period !== this.pendingPeriod) await this.stage();
      this.pendingPeriod = period;
      const end = indexAtTime(candles, periodEnd(period));
      this.pending.push(joinCandles([sliceCandles(candles, start, end)]));
      start = end;
    }
  }

  /**
   * Makes everything pushed visible, together with the statements that `together` gives for the totals (the dataset's own
   * row), or throws and changes nothing. Throws after `COMMIT_ATTEMPTS_MAX` conflicts with other writers.
   */
  async commit(together: (totals: ArchiveTotals) => readonly ManifestStatement[] = () => []): Promise<ArchiveTotals> {
    await this.stage();
    for (let attempt = 0; attempt < COMMIT_ATTEMPTS_MAX; attempt++) {
      const held = await this.store.manifest.list(this.datasetId);
      const entries = await this.entriesAgainst(held).catch((error: unknown) => {
        // Another writer has replaced an object since the manifest was read: the next attempt reads its newer name.
        if (error instanceof MissingObjectError && attempt < COMMIT_ATTEMPTS_MAX - 1) return undefined;
        throw error;
      });
      if (entries === undefined) continue;
      const totals = this.totalsOf(held, entries);
      const changed = entries.filter(({ timeframe, period, objectKey }) => {
        return find(held, timeframe, period)?.objectKey !== objectKey;
      });
      const outcome = await this.store.manifest.commit(this.datasetId, {
        entries: changed,
        together: together(totals),
      });
      if (outcome === "conflict") continue;
      await this.deleteAllBut(
        [...held.filter((entry) => !find(changed, entry.timeframe, entry.period)), ...entries],
        held,
      );
      return totals;
    }
    throw new Error(`dataset ${this.datasetId} was rewritten by others ${COMMIT_ATTEMPTS_MAX} times; try again`);
  }

  /** Removes what was stored for a write that will not be committed. Objects that the manifest names stay. */
  async abort(): Promise<void> {
    await this.deleteAllBut(await this.store.manifest.list(this.datasetId), []);
  }

  private async stage(): Promise<void> {
    if (this.pending.length === 0) return;
    const candles = joinCandles(this.pending);
    const period = this.pendingPeriod;
    this.pending = [];
    this.staged.push(await this.put(this.timeframe, { period, candles, before: undefined }));
    for (const to of this.companions) this.larger.set(`${to}/${period}`, this.aggregate(candles, to));
  }

  /** The entries after this write, on top of what is held now. */
  private async entriesAgainst(held: readonly ManifestEntry[]): Promise<readonly ManifestEntry[]> {
    const entries: ManifestEntry[] = [];
    const larger = new Map(this.larger);
    for (const entry of this.staged) {
      const before = find(held, this.timeframe, entry.period);
      if (before === undefined || sameContent(before, entry)) {
        entries.push(before ?? entry);
        continue;
      }
      const { bucket } = this.store;
      const merged = mergeCandles(
        await readObject(bucket, before.objectKey),
        await readObject(bucket, entry.objectKey),
      );
      entries.push(await this.put(this.timeframe, { period: entry.period, candles: merged, before }));
      for (const to of this.companions) larger.set(`${to}/${entry.period}`, this.aggregate(merged, to));
    }
    for (const to of this.companions) entries.push(...(await this.companionEntries(to, { held, larger })));
    return entries;
  }

  /** A companion's entries: what the touched stretches of the base make replaces what the companion held for them. */
  private async companionEntries(
    to: Timeframe,
    { held, larger }: { readonly held: readonly ManifestEntry[]; readonly larger: ReadonlyMap<string, CandleColumns> },
  ): Promise<readonly ManifestEntry[]> {
    const byPeriod = new Map<string, string[]>();
    for (const { period } of this.staged) {
      const own = periodOf(periodStart(period), to);
      byPeriod.set(own, [...(byPeriod.get(own) ?? []), period]);
    }
    const entries: ManifestEntry[] = [];
    for (const [own, basePeriods] of byPeriod) {
      const before = find(held, to, own);
      let candles = before === undefined ? emptyCandles(0) : await readObject(this.store.bucket, before.objectKey);
      for (const base of basePeriods) {
        const range = { from: periodStart(base), to: periodEnd(base) };
        candles = replaceRange(candles, range, larger.get(`${to}/${base}`) ?? emptyCandles(0));
      }
      entries.push(await this.put(to, { period: own, candles, before }));
    }
    return entries;
  }

  private totalsOf(held: readonly ManifestEntry[], entries: readonly ManifestEntry[]): ArchiveTotals {
    const after = [...held.filter((entry) => !find(entries, entry.timeframe, entry.period)), ...entries].filter(
      ({ timeframe }) => timeframe === this.timeframe,
    );
    return {
      from: after.reduce((least, { fromMs }) => Math.min(least, fromMs), Number.POSITIVE_INFINITY),
      to: after.reduce((most, { toMs }) => Math.max(most, toMs), Number.NEGATIVE_INFINITY),
      candles: after.reduce((sum, { candles }) => sum + candles, 0),
    };
  }

  private aggregate(candles: CandleColumns, to: Timeframe): CandleColumns {
    const made = aggregateCandles(candles, { from: this.timeframe, to });
    return joinCandles([sliceCandles(made, 0, made.length)]);
  }

  /** The entry for a stretch: the one `before` where that holds the same candles, or a new one that is stored now. */
  private async put(
    timeframe: Timeframe,
    stretch: {
      readonly period: string;
      readonly candles: CandleColumns;
      readonly before: ManifestEntry | undefined;
    },
  ): Promise<ManifestEntry> {
    const { period, candles, before } = stretch;
    const place = { datasetId: this.datasetId, timeframe, period, writer: this.id, candles };
    const { entry, bytes } = await encodeStretch(this.store, place);
    if (before !== undefined && sameContent(before, entry)) return before;
    // Noted first: a write that fails half-way may have stored the object all the same.
    this.made.add(entry.objectKey);
    await this.store.bucket.put(entry.objectKey, bytes);
    return { ...entry, version: before?.version ?? 0 };
  }

  /** Deletes, of this writer's own objects and those that `before` named, all that `named` does not name. */
  private async deleteAllBut(named: readonly ManifestEntry[], before: readonly ManifestEntry[]): Promise<void> {
    const keep = new Set(named.map(({ objectKey }) => objectKey));
    const candidates = new Set([...this.made, ...before.map(({ objectKey }) => objectKey)]);
    await deleteObjects(
      this.store.bucket,
      [...candidates].filter((key) => !keep.has(key)),
    );
  }
}

function find(entries: readonly ManifestEntry[], timeframe: Timeframe, period: string): ManifestEntry | undefined {
  return entries.find((entry) => entry.timeframe === timeframe && entry.period === period);
}

import type { MarketData } from "../brokers/market-data.ts";
import { VenueRefusal, type VenueSilence } from "../brokers/request/venue-reply.ts";
import type { VenueInstrument } from "../brokers/venue-client.ts";
import { emptyCandles } from "../core/candle/candle.ts";
import { timeframeMs } from "../core/candle/timeframe.ts";
import { calendarOf } from "../core/candle/trading-calendar.ts";
import { ArchiveWriter } from "../feed/archive/archive-writer.ts";
import { type ArchiveStore, archiveSources } from "../feed/archive/candle-archive.ts";
import { d1Manifest } from "../feed/archive/candle-manifest.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { type OwnedDatabase, ownedDatabase } from "../platform/owned-database.ts";
import { failureOf, type WaitOrEnd } from "./backfill-failure.ts";
import { prepareFailedNotice } from "./backfill-notice.ts";
import { type BackfillStep, nextStep } from "./backfill-steps.ts";
import {
  BACKFILL_LEASE_MS,
  type BackfillChange,
  type BackfillRow,
  claimBackfill,
  isLost,
  prepareHeld,
  requireHeld,
  updateHeld,
} from "./backfill-store.ts";
import { finishBackfill } from "./finish-backfill.ts";
import type { PageShare, VenueSeries } from "./read-pages.ts";

/** A message's share: what its pages cost to read stays far below the 30 s of processor that it has, and below the 1,000 requests. */
const MESSAGE_PAGES_MAX = 250;
/** Others wait behind it. */
const MESSAGE_MS_MAX = 20_000;
/** Stored at once: a month of minutes, some 2 MB. */
const STEP_CANDLES_MAX = 45_000;
/** Stored after so long at the latest, so that little is asked for twice and its lease does not run out. */
const STEP_MS_MAX = 5_000;

export interface BackfillLimits {
  readonly messagePagesMax: number;
  readonly messageMsMax: number;
  readonly stepCandlesMax: number;
}
const LIMITS: BackfillLimits = {
  messagePagesMax: MESSAGE_PAGES_MAX,
  messageMsMax: MESSAGE_MS_MAX,
  stepCandlesMax: STEP_CANDLES_MAX,
};

export interface BackfillWorker {
  readonly env: Env;
  readonly now: Clock;
  readonly newToken: () => string;
  /** Opens the source of a backfill. Throws `VenueRefusal` where it is not there any more. */
  readonly open: (owned: OwnedDatabase, row: BackfillRow) => Promise<MarketData>;
  readonly limits?: Partial<BackfillLimits>;
}

/** `continue`: another message, of that generation, is needed after `delayMs`. `early`: this one came before its time. */
export type BackfillOutcome =
  | { readonly kind: "nothing" }
  | { readonly kind: "early"; readonly waitMs: number }
  | { readonly kind: "continue"; readonly generation: number; readonly delayMs: number };

const NOTHING: BackfillOutcome = { kind: "nothing" };

/**
 * One message's work on a backfill: claim it, go on behind what is stored, stop at the message's share or where the venue
 * makes it wait. Candles and places are stored together, so that a message may come twice or a worker end anywhere: what
 * was not stored is asked for again, and nothing is there twice. An error on our side is thrown, for the queue to try again.
 */
export async function workOnBackfill(
  message: { readonly backfillId: string; readonly ownerId: string; readonly generation: number },
  worker: BackfillWorker,
): Promise<BackfillOutcome> {
  const { env, now } = worker;
  const database = openDatabase(env.DB);
  const owned = ownedDatabase(database, message.ownerId);
  const { backfillId: id, generation } = message;
  const claim = await claimBackfill(owned, { id, generation, token: worker.newToken(), nowMs: now() });
  if (claim.kind !== "held") return claim;
  const work = new BackfillWork({ worker, database, owned, row: claim.row });
  try {
    return await work.run();
  } catch (error) {
    if (isLost(error)) return NOTHING;
    // The next try need not wait for the lease to run out. Where this fails too, it has to.
    await updateHeld(owned, claim.row, { leaseUntilMs: 0 }).catch(() => undefined);
    throw error;
  }
}

class BackfillWork {
  private readonly parts: { worker: BackfillWorker; database: Database; owned: OwnedDatabase; row: BackfillRow };
  private readonly limits: BackfillLimits;
  private readonly store: ArchiveStore;
  private row: BackfillRow;
  private pages = 0;

  constructor(parts: BackfillWork["parts"]) {
    this.parts = parts;
    this.row = parts.row;
    this.limits = { ...LIMITS, ...parts.worker.limits };
    const { ownerId } = parts.row;
    this.store = { bucket: parts.worker.env.BUCKET, manifest: d1Manifest(parts.database, ownerId), ownerId };
  }

  async run(): Promise<BackfillOutcome> {
    const { worker, database } = this.parts;
    const series = await this.series();
    if (series instanceof VenueRefusal) return this.stop(series);
    const until = worker.now() + this.limits.messageMsMax;
    do {
      const step = await nextStep(this.row, { series, share: this.share(), stored: (period) => this.stored(period) });
      if (!(await this.keep(step))) return NOTHING;
      if (step.stopped !== undefined) return this.stop(step.stopped);
      if (step.isLast) {
        if (this.row.firstMs === null) return this.stop(noCandles(this.row));
        await finishBackfill({ env: worker.env, database, nowMs: worker.now() }, this.row);
        return NOTHING;
      }
    } while (this.pages < this.limits.messagePagesMax && worker.now() < until);
    return this.layAside({}, 0);
  }

  private async series(): Promise<VenueSeries | VenueRefusal> {
    const { worker, owned } = this.parts;
    try {
      const data = await worker.open(owned, this.row);
      return { data, instrument: instrumentOf(this.row), timeframe: this.row.timeframe };
    } catch (error) {
      if (error instanceof VenueRefusal) return error;
      throw error;
    }
  }

  /** How much is asked for before it is stored. */
  private share(): PageShare {
    const { now } = this.parts.worker;
    const until = now() + STEP_MS_MAX;
    let candles = 0;
    return {
      goesOn: (came) => {
        candles += came;
        this.pages++;
        return candles < this.limits.stepCandlesMax && this.pages < this.limits.messagePagesMax && now() < until;
      },
    };
  }

  private async stored(period: string) {
    const { datasetId, timeframe } = this.row;
    const source = (await archiveSources(this.store, datasetId)).find((each) => each.timeframe === timeframe);
    return source?.months().includes(period) === true ? source.read(period) : emptyCandles(0);
  }

  /** Stores what a step brought and where it got to. False where another worker has taken over, or it was ended. */
  private async keep({ parts, change, requests }: BackfillStep): Promise<boolean> {
    const { worker, database, owned } = this.parts;
    const nowMs = worker.now();
    const gotOn: BackfillChange =
      requests === 0 ? {} : { failures: 0, redrives: 0, waitUntilMs: null, errorCode: null, errorMessage: null };
    const life = { aliveAt: nowMs, leaseUntilMs: nowMs + BACKFILL_LEASE_MS };
    let next: BackfillChange = { ...change, ...gotOn, ...life, requests: this.row.requests + requests };
    if (parts.length === 0) {
      if (!(await updateHeld(owned, this.row, next))) return false;
    } else {
      const { datasetId, timeframe } = this.row;
      const writer = new ArchiveWriter(this.store, { datasetId, timeframe });
      try {
        for (const candles of parts) await writer.push(candles);
        await writer.commit(({ candles, from, to }) => {
          next = { ...next, candles, firstMs: from, lastMs: to - timeframeMs(timeframe) };
          return [requireHeld(database, this.row), prepareHeld(owned, this.row, next)];
        });
      } catch (error) {
        await writer.abort().catch(() => undefined);
        throw error;
      }
    }
    this.row = { ...this.row, ...next };
    return true;
  }

  /** What becomes of a backfill that its venue does not let go on: it waits, or it ends. */
  private async stop(error: VenueSilence | VenueRefusal): Promise<BackfillOutcome> {
    const { worker, owned } = this.parts;
    const nowMs = worker.now();
    const failure: WaitOrEnd = failureOf(error, this.row, nowMs);
    if (failure.kind === "wait") return this.layAside(failure.change, failure.waitUntilMs - nowMs);
    const end = prepareHeld(owned, this.row, {
      ...failure.change,
      ...{ status: "failed", finishedAt: nowMs, aliveAt: nowMs, leaseToken: null, leaseUntilMs: 0 },
    });
    await owned.batch([end, ...prepareFailedNotice(owned, this.row, { text: error.message, nowMs })]);
    return NOTHING;
  }

  /** Leaves the rest to another message. */
  private async layAside(change: BackfillChange, delayMs: number): Promise<BackfillOutcome> {
    const { worker, owned } = this.parts;
    const generation = this.row.generation + 1;
    const aliveAt = worker.now() + delayMs;
    const rest = { ...change, generation, aliveAt, leaseToken: null, leaseUntilMs: 0 };
    return (await updateHeld(owned, this.row, rest)) ? { kind: "continue", generation, delayMs } : NOTHING;
  }
}

function noCandles({ instrument, timeframe, fromMs, toMs }: BackfillRow): VenueRefusal {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const what = `${timeframe} candles of ${instrument.symbol} between ${day(fromMs)} and ${day(toMs)}`;
  return new VenueRefusal("NO_CANDLES", `it has no ${what}`);
}

/** As far as candles are asked for: what orders need to know of it is not kept here. */
function instrumentOf({ instrument, nativeId, calendarId }: BackfillRow): VenueInstrument {
  const rest = { quantityMax: undefined, kinds: [], status: "trading" } as const;
  return { ...instrument, ...rest, nativeId, calendar: calendarOf(calendarId) };
}

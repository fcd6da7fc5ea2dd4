import { eq } from "drizzle-orm";
import { backfills } from "../../../schema/tables/backfill.ts";
import { datasets } from "../../../schema/tables/dataset.ts";
import type { BackfillRow } from "../../../workers/backfill/backfill-store.ts";
import type { BackfillLimits } from "../../../workers/backfill/work-on-backfill.ts";
import type { MarketData } from "../../../workers/brokers/market-data.ts";
import type { RequestParts } from "../../../workers/brokers/request/venue-requests.ts";
import type { VenueInstrument } from "../../../workers/brokers/venue-client.ts";
import { type CandleColumns, emptyCandles, joinCandles } from "../../../workers/core/candle/candle.ts";
import type { Timeframe } from "../../../workers/core/candle/timeframe.ts";
import { archiveSources } from "../../../workers/feed/archive/candle-archive.ts";
import { d1Manifest } from "../../../workers/feed/archive/candle-manifest.ts";
import type { BackfillMessage } from "../../../workers/jobs/backfill-message.ts";
import { consumeBackfills } from "../../../workers/jobs/consume-backfills.ts";
import { watchBackfills } from "../../../workers/jobs/watch-backfills.ts";
import { openDatabase } from "../../../workers/platform/database.ts";
import type { Env } from "../../../workers/platform/env.ts";
import { newId } from "../../../workers/platform/ids.ts";
import { ownedDatabase } from "../../../workers/platform/owned-database.ts";
import { resumeBackfill } from "../../../workers/services/backfill/backfills.ts";
import type { ServiceContext } from "../../../workers/services/service-context.ts";
import type { VenueEmulator } from "../venue-emulator.ts";
import { MemoryBucket } from "./memory-bucket.ts";
import { Process } from "./process.ts";
import { sqliteD1 } from "./sqlite-d1.ts";

const OWNER = "usr_backfill";
const MINUTE_MS = 60_000;
/** How long a venue takes to answer. */
const REPLY_MS = 60;
/** More than any test needs: one that does not come to its end fails instead of running on. */
const ROUNDS_MAX = 20_000;

export interface StageParts {
  readonly venue: VenueEmulator;
  readonly clock: { now: number };
  readonly random: () => number;
  /** Opens market data with what a process of a Worker has. */
  readonly open: (parts: Pick<RequestParts, "fetch" | "now" | "after">) => MarketData;
  /** How a reply is spoilt on its way, as a text. */
  readonly spoil?: (path: string, body: string) => string;
  /** How often a process ends at one of its reads and writes, and a message is lost or comes twice, 0 to 1. */
  readonly deaths?: number;
  readonly lostMessages?: number;
  readonly doubledMessages?: number;
  readonly limits?: Partial<BackfillLimits>;
}

interface Waiting {
  readonly body: BackfillMessage;
  readonly at: number;
  readonly attempts: number;
}

/** Backfills over a venue's emulator in time that passes by itself, with processes that end and a queue that errs. */
export class BackfillStage {
  readonly bucket = new MemoryBucket();
  /** When each request left, UTC ms. */
  readonly requestsAt: number[] = [];
  deaths = 0;
  messages = 0;
  private readonly parts: StageParts;
  private readonly database = sqliteD1();
  private waiting: Waiting[] = [];
  private process: Process;

  constructor(parts: StageParts) {
    this.parts = parts;
    this.process = this.newProcess();
  }

  private newProcess(): Process {
    const { venue, clock, random, deaths = 0, spoil = (_, body) => body } = this.parts;
    const record = (at: number) => void this.requestsAt.push(at);
    return new Process({ venue, clock, random, deaths, spoil, record, replyMs: REPLY_MS });
  }

  private env(process: Process): Env {
    const send = async (body: BackfillMessage, { delaySeconds = 0 }: { delaySeconds?: number } = {}) => {
      this.waiting.push({ body, at: this.parts.clock.now + delaySeconds * 1_000, attempts: 1 });
    };
    return {
      DB: process.mortal(this.database),
      BUCKET: process.mortal(this.bucket),
      BACKFILLS: process.mortal({ send }),
    } as unknown as Env;
  }

  /** Begins a backfill, as the API would. */
  async begin(asked: {
    readonly instrument: VenueInstrument;
    readonly timeframe: Timeframe;
    readonly from: number;
    readonly to: number;
  }): Promise<string> {
    const { calendar, nativeId, quantityMax: _, kinds: __, status: ___, ...instrument } = asked.instrument;
    const id = newId("bfl");
    const { from, to, timeframe } = asked;
    await openDatabase(this.database)
      .insert(backfills)
      .values({
        ...{ id, ownerId: OWNER, name: "brought", status: "queued", sourceId: "source", venue: "BINANCE" },
        ...{ environment: "live", instrument, nativeId, calendarId: calendar.id, timeframe, fromMs: from, toMs: to },
        ...{ cursorMs: from, checkedMs: from, datasetId: newId("dat"), refused: {} },
        ...{ aliveAt: this.parts.clock.now, createdAt: this.parts.clock.now },
      });
    this.waiting.push({
      body: { backfillId: id, ownerId: OWNER, generation: 0 },
      at: this.parts.clock.now,
      attempts: 1,
    });
    return id;
  }

  /** Has it go on, as a person would. */
  async resume(id: string): Promise<void> {
    const { clock } = this.parts;
    const database = openDatabase(this.database);
    const send = async (body: BackfillMessage) => void this.waiting.push({ body, at: clock.now, attempts: 1 });
    const owned = ownedDatabase(database, OWNER);
    const actor = { type: "user", userId: OWNER, grantId: "" };
    const place = { address: "", userAgent: "", requestId: "" };
    const base = { database, owned, ownerId: OWNER, actor, place, now: () => clock.now };
    const ctx = { ...base, env: { BACKFILLS: { send } } } as unknown as ServiceContext;
    await resumeBackfill({ ctx, input: { id } });
  }

  /** What a process knew of the venue is gone. */
  restart(): void {
    this.process = this.newProcess();
  }

  /** Has time pass and messages come until the backfill has ended. */
  async finish(id: string): Promise<BackfillRow> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const row = await this.row(id);
      if (row.status !== "queued" && row.status !== "running") return row;
      await this.turn();
    }
    throw new Error(`a backfill must come to its end within ${ROUNDS_MAX} rounds`);
  }

  /** One message, or a minute where there is none. */
  async turn(): Promise<void> {
    const { clock, random, lostMessages = 0, doubledMessages = 0 } = this.parts;
    const next = this.waiting.sort((left, right) => left.at - right.at).at(0);
    if (next === undefined || next.at > clock.now + MINUTE_MS) {
      clock.now += MINUTE_MS;
      await watchBackfills(
        this.env(new Process({ ...this.parts, deaths: 0, spoil: (_, body) => body, record: () => {}, replyMs: 0 })),
        clock.now,
      );
      return;
    }
    this.waiting = this.waiting.filter((one) => one !== next);
    clock.now = Math.max(clock.now, next.at);
    if (random() < lostMessages) return;
    const deliveries = random() < doubledMessages ? 2 : 1;
    await Promise.all(Array.from({ length: deliveries }, () => this.deliver(next)));
  }

  private async deliver({ body, attempts }: Waiting): Promise<void> {
    const { clock, open, limits } = this.parts;
    const process = this.process;
    const again = ({ delaySeconds = 0 }: { delaySeconds?: number } = {}) => {
      this.waiting.push({ body, at: clock.now + delaySeconds * 1_000, attempts: attempts + 1 });
    };
    const message = { id: "m", timestamp: new Date(clock.now), attempts, body, ack: () => undefined, retry: again };
    const batch = { queue: "backfills", messages: [message] } as unknown as MessageBatch<unknown>;
    const now = () => clock.now;
    this.messages++;
    await consumeBackfills(batch, {
      ...{ env: this.env(process), now, newToken: () => newId("lse"), ...(limits === undefined ? {} : { limits }) },
      open: async () => open({ fetch: process.fetch, now, after: process.after }),
    });
    if (process.isAlive || this.process !== process) return;
    this.deaths++;
    this.process = this.newProcess();
  }

  async row(id: string): Promise<BackfillRow> {
    const [row] = await openDatabase(this.database).select().from(backfills).where(eq(backfills.id, id));
    if (row === undefined) throw new Error(`there is no backfill ${id}`);
    return row;
  }

  async dataset(row: BackfillRow) {
    const rows = await openDatabase(this.database).select().from(datasets).where(eq(datasets.id, row.datasetId));
    return rows.at(0);
  }

  /** What backtests would read of a timeframe. */
  async candles({ datasetId }: BackfillRow, timeframe: Timeframe): Promise<CandleColumns> {
    const manifest = d1Manifest(openDatabase(this.database), OWNER);
    const store = { bucket: this.bucket as unknown as R2Bucket, manifest, ownerId: OWNER };
    const source = (await archiveSources(store, datasetId)).find((one) => one.timeframe === timeframe);
    if (source === undefined) return emptyCandles(0);
    const parts: CandleColumns[] = [];
    for (const month of source.months()) parts.push(await source.read(month));
    return joinCandles(parts);
  }

  /** Objects of the archive that nothing names. */
  async waste({ datasetId }: BackfillRow): Promise<number> {
    const named = await d1Manifest(openDatabase(this.database), OWNER).list(datasetId);
    return this.bucket.objects.size - named.length;
  }
}

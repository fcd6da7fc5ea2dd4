import { and, eq } from "drizzle-orm";
import { bots } from "../../schema/tables/trading.ts";
import type { Clock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import type { BotFigures } from "./bot-report.ts";
import { PatientWork, platformAfter } from "./patient-work.ts";

/** Statements of one batch: what one owner's bots need in a moment, well under a second of the database. */
const ROWS_A_BATCH = 50;
/** Least time between two rounds of batches: reports of many bots at the same candle go together. */
const WRITE_EVERY_MS = 1_000;
/** Until a database that did not answer is asked again. */
const WRITE_AGAIN_MS = 15_000;
const PREFIX = "row/";

interface Waiting {
  /** Rises with each report, so that a newer one that came while this was written is not forgotten with it. */
  readonly number: number;
  readonly row: BotFigures;
}

interface RowsParts {
  readonly env: () => Env;
  readonly kv: SyncKvStorage;
  readonly now: Clock;
}

/**
 * Rows of the list of bots that wait to be written to the database. They are kept with the dashboard's own parts until the
 * database has them, so that a list is right again soon after the database is back, whatever the bots do meanwhile.
 */
export class BotRows {
  private readonly parts: RowsParts;
  private readonly work = new PatientWork(platformAfter);
  private writeAfter = 0;

  constructor(parts: RowsParts) {
    this.parts = parts;
  }

  /** Takes the place of what waits of the same bot. */
  put(botId: string, row: BotFigures): void {
    const { kv } = this.parts;
    const number = (kv.get<number>("rows") ?? 0) + 1;
    kv.put("rows", number);
    kv.put(`${PREFIX}${botId}`, { number, row } satisfies Waiting);
  }

  forget(botId: string): void {
    this.parts.kv.delete(`${PREFIX}${botId}`);
  }

  /** When `write` has to be called again, whatever becomes of a run that goes on, UTC ms; undefined where nothing waits. */
  dueAt(): number | undefined {
    if (this.first(1).length === 0) return undefined;
    return Math.max(this.parts.now() + WRITE_EVERY_MS, this.writeAfter);
  }

  /**
   * Writes what waits, one run at a time; does nothing before its time. Waits for a database that hangs no longer than two
   * seconds. Never throws.
   */
  async write(ownerId: string): Promise<void> {
    if (!this.work.isRunning && this.parts.now() < this.writeAfter) return;
    try {
      if (!(await this.work.run(() => this.writeAll(ownerId)))) this.writeAfter = this.parts.now() + WRITE_AGAIN_MS;
    } catch (error) {
      this.writeAfter = this.parts.now() + WRITE_AGAIN_MS;
      logEvent("bots_not_listed", { error });
    }
  }

  private async writeAll(ownerId: string): Promise<void> {
    const { env, kv, now } = this.parts;
    this.writeAfter = now() + WRITE_EVERY_MS;
    const database = openDatabase(env().DB);
    for (let rows = this.first(ROWS_A_BATCH); rows.length > 0; rows = this.first(ROWS_A_BATCH)) {
      const [first, ...rest] = rows.map(([key, { row }]) =>
        database
          .update(bots)
          .set(row)
          .where(and(eq(bots.ownerId, ownerId), eq(bots.id, key.slice(PREFIX.length)))),
      );
      if (first !== undefined) await database.batch([first, ...rest]);
      for (const [key, { number }] of rows) if (kv.get<Waiting>(key)?.number === number) kv.delete(key);
    }
  }

  private first(limit: number): [string, Waiting][] {
    return [...this.parts.kv.list<Waiting>({ prefix: PREFIX, limit })];
  }
}

import { DurableObject } from "cloudflare:workers";
import type { Env } from "../platform/env.ts";

/** At most `count` takings within `windowMs`, then one for each that grows older than the window. */
export interface ThrottleRule {
  readonly count: number;
  readonly windowMs: number;
}

export interface ThrottleAnswer {
  readonly allowed: boolean;
  /** Milliseconds until a taking may be allowed; 0 where this one was. */
  readonly waitMs: number;
}

const CREATE_ATTEMPTS = "CREATE TABLE IF NOT EXISTS attempts (id INTEGER PRIMARY KEY, at INTEGER NOT NULL)";

/**
 * Counts attempts for one name (an account, an address). An object is a single thread, so that the count is exact
 * however many attempts arrive at once; attempts are taken before the work they pay for.
 */
export class ThrottleObject extends DurableObject<Env> {
  async take(rule: ThrottleRule, nowMs: number): Promise<ThrottleAnswer> {
    const { sql } = this.ctx.storage;
    // Made here and not once for all: the alarm drops everything while the object may live on.
    sql.exec(CREATE_ATTEMPTS);
    sql.exec("DELETE FROM attempts WHERE at <= ?", nowMs - rule.windowMs);
    const { taken, oldest } = sql
      .exec<{ taken: number; oldest: number | null }>("SELECT COUNT(*) AS taken, MIN(at) AS oldest FROM attempts")
      .one();
    if (taken >= rule.count) return { allowed: false, waitMs: (oldest ?? nowMs) + rule.windowMs - nowMs };
    sql.exec("INSERT INTO attempts (at) VALUES (?)", nowMs);
    // The rows go when nothing has happened for a window: an address that never returns leaves nothing behind.
    await this.ctx.storage.setAlarm(nowMs + rule.windowMs);
    return { allowed: true, waitMs: 0 };
  }

  /** Gives back the newest taking: the attempt was right and cost the limit nothing. */
  giveBack(): void {
    this.ctx.storage.sql.exec(CREATE_ATTEMPTS);
    this.ctx.storage.sql.exec("DELETE FROM attempts WHERE id = (SELECT MAX(id) FROM attempts)");
  }

  /** Answers for the health check. */
  ping(): true {
    return true;
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}

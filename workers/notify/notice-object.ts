import { DurableObject } from "cloudflare:workers";
import { mailSenderOf } from "../mail/mail-sender.ts";
import { systemClock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { deliver, type Parcel } from "./deliver-notices.ts";
import { type NoticeWays, openWays } from "./notice-ways.ts";

/**
 * Sends one owner's notices. It keeps nothing: what it was given stands in the database, and is given again where this process
 * ends. It is there so that a receiver who answers late or never holds up its owner's own notices on that channel, and nothing
 * else: neither the queue, which brings one batch after the other, nor the minute's round.
 */
export class NoticeObject extends DurableObject<Env> {
  /** Takes what is to leave now, and answers before it has left. */
  send(parcels: readonly Parcel[]): void {
    const { env } = this;
    const ctx = { env, database: openDatabase(env.DB), ways: this.ways(), now: systemClock };
    for (const parcel of parcels) this.ctx.waitUntil(deliver(ctx, parcel));
  }

  /** What notices leave by. A Worker of tests may have another. */
  protected ways(): NoticeWays {
    return openWays(mailSenderOf(this.env));
  }
}

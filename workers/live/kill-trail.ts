import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { logEvent } from "../platform/log-event.ts";
import { type KillEntry, storeKill } from "./dashboard-kill.ts";
import { PatientWork, platformAfter } from "./patient-work.ts";

/** Between attempts to bring an entry into the trail while the database does not answer. */
const TRAIL_AGAIN_MS = 15_000;
const PREFIX = "trail/";

interface KillTrailParts {
  readonly env: () => Env;
  readonly kv: SyncKvStorage;
  readonly now: Clock;
  /** Rings by then, UTC ms; `tell` is called again. */
  readonly wakeBy: (atMs: number) => Promise<void>;
}

/** What the trail shall learn of kill switches, kept until the database takes it. */
export class KillTrail {
  private readonly parts: KillTrailParts;
  private readonly work = new PatientWork(platformAfter);

  constructor(parts: KillTrailParts) {
    this.parts = parts;
  }

  put(entry: KillEntry): void {
    this.parts.kv.put(`${PREFIX}${newId("aud")}`, entry);
  }

  /** Brings what the trail lacks into it, and tries again where it could not. Waits for a database that hangs no longer than two seconds. */
  async tell(ownerId: string): Promise<void> {
    const { env, kv, now, wakeBy } = this.parts;
    if (this.waiting().length === 0) return;
    // Set before the attempt: one that is cut off is made again.
    await wakeBy(now() + TRAIL_AGAIN_MS);
    try {
      await this.work.run(async () => {
        for (const [key, entry] of this.waiting()) {
          await storeKill(env(), ownerId, entry);
          kv.delete(key);
        }
      });
    } catch (error) {
      logEvent("kill_not_in_trail", { error });
    }
  }

  private waiting(): [string, KillEntry][] {
    return [...this.parts.kv.list<KillEntry>({ prefix: PREFIX })];
  }
}

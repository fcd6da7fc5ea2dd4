import { z } from "zod";
import { TimeMs } from "../../schema/wire/primitive.ts";
import { openDatabase } from "./database.ts";
import { type DeploymentFact, readFact } from "./deployment-fact.ts";
import type { Env } from "./env.ts";
import { logEvent } from "./log-event.ts";

const Stored = z.object({ isOn: z.boolean(), message: z.string(), until: TimeMs.nullable() });
export type StoredMaintenance = z.infer<typeof Stored>;
export const MAINTENANCE: DeploymentFact<StoredMaintenance> = { name: "maintenance", schema: Stored };

/** Each isolate looks so often: that long after the switch was thrown all of them know. */
export const LOOK_EVERY_MS = 5_000;

/** What this isolate knows of the switch, without a question to the database for each request. */
export class MaintenanceWatch {
  private known: StoredMaintenance | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;

  /**
   * The maintenance that is on, or undefined. A database that does not answer leaves it as it was known last: losing it must
   * neither end a maintenance nor begin one.
   */
  async current(env: Pick<Env, "DB">, nowMs: number): Promise<StoredMaintenance | undefined> {
    if (nowMs - this.lookedAt >= LOOK_EVERY_MS) {
      try {
        this.known = (await readFact(openDatabase(env.DB), MAINTENANCE))?.value;
      } catch (error) {
        logEvent("maintenance_not_read", { error });
      }
      // Not before: requests of the same moment each ask, so that none is answered by what is old.
      this.lookedAt = nowMs;
    }
    return this.known?.isOn === true ? this.known : undefined;
  }
}

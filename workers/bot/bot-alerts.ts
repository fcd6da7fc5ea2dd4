import { dashboardOf } from "../live/dashboard.ts";
import type { DashboardAlert } from "../live/hub-object.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import type { BotRecord } from "./bot-record.ts";

const PREFIX = "alert/";
/** Until a dashboard that was not reached is told again. */
export const ALERT_AGAIN_MS = 15_000;

/** What somebody has to look at, kept in the bot's storage until the owner's dashboard has taken it. */
export class BotAlerts {
  private readonly env: Env;
  private readonly kv: SyncKvStorage;
  /** Whether any waits, as far as it was looked at: each pass asks twice. */
  private waits: boolean | undefined;

  constructor(env: Env, kv: SyncKvStorage) {
    this.env = env;
    this.kv = kv;
  }

  /** Takes note of one. The same id again is the same alert. */
  raise({ botId, account }: BotRecord, alert: Pick<DashboardAlert, "id" | "at" | "level" | "code" | "message">): void {
    const id = `${botId}:${alert.id}`;
    const told: DashboardAlert = { ...alert, id, accountId: account.id, botId };
    this.kv.put(`${PREFIX}${id}`, told);
    this.waits = true;
  }

  /** What is known of the storage is read anew: something else than this wrote to it. */
  forget(): void {
    this.waits = undefined;
  }

  hasAny(): boolean {
    this.waits ??= [...this.kv.list({ prefix: PREFIX, limit: 1 })].length > 0;
    return this.waits;
  }

  /** Brings all to the dashboard, oldest first. What does not arrive is kept. */
  async tell({ ownerId, botId }: BotRecord): Promise<void> {
    if (!this.hasAny()) return;
    const waiting = [...this.kv.list<DashboardAlert>({ prefix: PREFIX })].sort(([, a], [, b]) => a.at - b.at);
    try {
      const { object } = await dashboardOf(this.env, ownerId);
      for (const [key, alert] of waiting) {
        await object.alert({ ownerId, alert });
        this.kv.delete(key);
      }
    } catch (error) {
      logEvent("bot_alert_not_told", { id: botId, error });
    } finally {
      this.waits = undefined;
    }
  }
}

import { z } from "zod";
import { AuditActor, AuditPlace } from "../../schema/wire/audit-record.ts";
import type { DashboardState } from "../../schema/wire/bot.ts";
import type { KillSwitch } from "../../schema/wire/trading.ts";
import type { KillTarget } from "../account/kill-accounts.ts";
import { prepareAudit } from "../audit/prepare-audit.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";

/** Who opened a dashboard's socket, from where, and whether they may stop trading. It sleeps with the socket. */
export const DashboardWatcher = z.object({ actor: AuditActor, place: AuditPlace, mayTrade: z.boolean() });
export type DashboardWatcher = z.infer<typeof DashboardWatcher>;

/** The desks that a kill switch is for, of those that report to the dashboard; none where it is of something unknown. */
export function killTargets({ accounts, bots }: DashboardState, scope: KillSwitch["scope"]): KillTarget[] {
  switch (scope.kind) {
    case "user":
      return Object.keys(accounts).map((accountId) => ({ accountId, switched: { kind: "user" } }));
    case "account":
      return accounts[scope.accountId] === undefined
        ? []
        : [{ accountId: scope.accountId, switched: { kind: "account" } }];
    case "instrument":
      return accounts[scope.accountId] === undefined
        ? []
        : [{ accountId: scope.accountId, switched: { kind: "instrument", instrument: scope.instrument } }];
    case "bot": {
      const bot = bots[scope.botId];
      if (bot === undefined) return [];
      return [{ accountId: bot.accountId, switched: { kind: "bot", bot: bot.botId }, botId: bot.botId }];
    }
  }
}

/** Bots of accounts that would go on deciding. */
export function activeBots({ bots }: DashboardState, accountIds: ReadonlySet<string>): string[] {
  return Object.values(bots)
    .filter((bot) => accountIds.has(bot.accountId) && ACTIVE.has(bot.status))
    .map((bot) => bot.botId);
}

const ACTIVE: ReadonlySet<DashboardState["bots"][string]["status"]> = new Set(["starting", "running", "paused"]);

/** A kill switch that was thrown over a socket, as the trail shall show it. */
export interface KillEntry extends Pick<DashboardWatcher, "actor" | "place"> {
  /** UTC ms. */
  readonly at: number;
  readonly scope: KillSwitch["scope"];
  readonly flatten: boolean;
}

/** Puts it into the owner's trail. Throws where the database does not take it. */
export async function storeKill(env: Env, ownerId: string, { actor, place, at, scope, flatten }: KillEntry) {
  const database = openDatabase(env.DB);
  const subject = { kind: scope.kind, id: killedId(scope) ?? ownerId };
  const context = { database, ownerId, actor, place, nowMs: at };
  await database.batch([prepareAudit(context, { action: "trading.kill", subject, after: { scope, flatten } })]);
}

function killedId(scope: KillSwitch["scope"]): string | undefined {
  if (scope.kind === "bot") return scope.botId;
  return scope.kind === "user" ? undefined : scope.accountId;
}

import { backups } from "../../../schema/tables/backup.ts";
import type { Backup, BackupPage, BegunBackup } from "../../../schema/wire/backup.ts";
import { backupObject } from "../../backup/backup-object-of.ts";
import { backupStoreOf } from "../../backup/backup-store-of.ts";
import { logEvent } from "../../platform/log-event.ts";
import { conflict } from "../../platform/problem-error.ts";
import { type IdentityContext, type PersonContext, prepareOwnAudit } from "../identity/identity-context.ts";
import { behindCursor, newestFirst, pageOf } from "../trading/page-cursor.ts";

const ORDER = { at: backups.startedAt, id: backups.id };

/** Full backups, the newest first. Throws 422 for a cursor that is not ours. */
export async function listBackups(call: {
  ctx: IdentityContext;
  input: { cursor?: string | undefined; limit: number };
}): Promise<BackupPage> {
  const { ctx, input } = call;
  const rows = await ctx.database
    .select()
    .from(backups)
    .where(behindCursor(ORDER, input.cursor))
    .orderBy(...newestFirst(ORDER))
    .limit(input.limit + 1);
  const page = pageOf(rows, input.limit, ({ startedAt, id }) => [startedAt, id]);
  return { ...page, rows: page.rows.map((row) => backupView(row, ctx.now())) };
}

/** Begins a full backup; while one is being made, answers that one. Throws 409 where the deployment keeps none. */
export async function beginBackup(call: { ctx: PersonContext | IdentityContext }): Promise<BegunBackup> {
  const { ctx } = call;
  if (backupStoreOf(ctx.env) === undefined) throw conflict("no_backups", "This deployment keeps no backups.");
  if (isPerson(ctx)) {
    const subject = { kind: "platform", id: "backup" } as const;
    await ctx.database.batch([prepareOwnAudit(ctx, { action: "platform.backup", subject })]);
  } else logEvent("backup_asked", { name: "DEPLOY_TOKEN" });
  return { id: await backupObject(ctx.env).begin({ askedBy: "person" }) };
}

/** What deploys shows a token, and is nobody whose trail could say it. */
function isPerson(ctx: PersonContext | IdentityContext): ctx is PersonContext {
  return "principal" in ctx && ctx.principal !== undefined;
}

function backupView(row: typeof backups.$inferSelect, nowMs: number): Backup {
  const ageSeconds = row.madeAt === null ? null : Math.max(0, Math.floor((nowMs - row.madeAt) / 1_000));
  return { ...row, ageSeconds };
}

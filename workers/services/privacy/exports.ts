import { and, count, desc, eq, gt, inArray, min, ne, sql } from "drizzle-orm";
import { dataExports } from "../../../schema/tables/privacy.ts";
import type { DataExport, ExportLink } from "../../../schema/wire/privacy.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, forbidden, notFound, tooMany } from "../../platform/problem-error.ts";
import { isGoodFileLink, parseFileLink, signFileLink } from "../../privacy/file-link.ts";
import { auditOf, letterOriginOf, type PersonContext, prepareOwnAudit } from "../identity/identity-context.ts";

const DAY_MS = 86_400_000;
/** Archives a person may ask for within a day: each reads everything they have. Those that failed do not count. */
export const EXPORTS_PER_DAY_MAX = 3;
// Archives of a week at three a day, and failed ones beside them.
const LISTED_MAX = 50;
/** Where a link leads. */
const FILE_PATH = "/api/v1/account/export-files/";

type Row = typeof dataExports.$inferSelect;

/** Asks for an archive. Throws 409 while one is being made, 429 beyond `EXPORTS_PER_DAY_MAX`. */
export async function requestExport(call: { ctx: PersonContext }): Promise<DataExport> {
  const { ctx } = call;
  const { database, principal } = ctx;
  const { id: ownerId } = principal.user;
  const nowMs = ctx.now();
  const id = newId("exp");
  const mine = eq(dataExports.ownerId, ownerId);
  const open = and(mine, inArray(dataExports.status, ["queued", "running"]));
  const recent = and(mine, gt(dataExports.createdAt, nowMs - DAY_MS), ne(dataExports.status, "failed"));
  // In one statement with the limits, so that requests side by side cannot pass them together. The values are in the
  // order of the table's columns.
  const values = sql`${id}, ${ownerId}, 'queued', 0, null, null, null, ${nowMs}, null, null, ${letterOriginOf(ctx)}`;
  const life = sql`null, 0, ${nowMs}, 0, null`;
  const allowed = sql`not exists (select 1 from ${dataExports} where ${open}) and (select count(*) from ${dataExports} where ${recent}) < ${EXPORTS_PER_DAY_MAX}`;
  const event = { action: "export.request", subject: { kind: "export", id } };
  const [made] = await database.batch([
    database.insert(dataExports).select(sql`select ${values}, ${life} where ${allowed}`),
    prepareAuditOfChange(auditOf(ctx, ownerId, principal.grantId), event),
  ]);
  if (made.meta.changes === 0) {
    const [running] = await database.select({ count: count() }).from(dataExports).where(open);
    if ((running?.count ?? 0) > 0) {
      throw conflict("export_running", "An archive is being made. Wait until it is done.");
    }
    const [first] = await database
      .select({ at: min(dataExports.createdAt) })
      .from(dataExports)
      .where(recent);
    const waitMs = (first?.at ?? nowMs) + DAY_MS - nowMs;
    throw tooMany(`An archive can be made ${EXPORTS_PER_DAY_MAX} times a day.`, Math.ceil(waitMs / 1_000));
  }
  await ctx.env.EXPORTS.send({ exportId: id, ownerId });
  return exportOf(await findExport(ctx, id));
}

/** The person's archives, the newest first. */
export async function listExports(call: { ctx: PersonContext }): Promise<DataExport[]> {
  const { ctx } = call;
  const rows = await ctx.database
    .select()
    .from(dataExports)
    .where(eq(dataExports.ownerId, ctx.principal.user.id))
    .orderBy(desc(dataExports.createdAt))
    .limit(LISTED_MAX);
  return rows.map(exportOf);
}

/** Throws 404. */
export async function getExport(call: { ctx: PersonContext; input: { id: string } }): Promise<DataExport> {
  return exportOf(await findExport(call.ctx, call.input.id));
}

/** A link to the archive, for this person alone, for five minutes. Throws 404, and 409 while there is no archive. */
export async function linkExport(call: { ctx: PersonContext; input: { id: string } }): Promise<ExportLink> {
  const { ctx, input } = call;
  const row = await findExport(ctx, input.id);
  const nowMs = ctx.now();
  if (row.objectKey === null || !isKept(row, nowMs)) {
    throw conflict("no_archive", "The archive is not there: it is not done, failed, or was removed after a week.");
  }
  const file = { userId: row.ownerId, exportId: row.id, objectKey: row.objectKey };
  const { link, expiresAt } = await signFileLink(ctx.env, file, nowMs);
  await ctx.database.batch([prepareOwnAudit(ctx, { action: "export.link", subject: { kind: "export", id: row.id } })]);
  return { url: `${FILE_PATH}${link}`, expiresAt };
}

/**
 * The archive that a link leads to. Throws 403, in one wording, for a link that was changed, has ended, or was made for
 * somebody else or by another key.
 */
export async function openExportFile(call: {
  ctx: PersonContext;
  input: { link: string };
}): Promise<{ object: R2ObjectBody; fileName: string }> {
  const { ctx, input } = call;
  const refused = forbidden("link", "The link does not work, or not any more. Ask for a new one.");
  const nowMs = ctx.now();
  const parsed = parseFileLink(input.link);
  if (parsed === undefined) throw refused;
  const { id: userId } = ctx.principal.user;
  const mine = and(eq(dataExports.id, parsed.exportId), eq(dataExports.ownerId, userId));
  const [row] = await ctx.database.select().from(dataExports).where(mine).limit(1);
  if (row?.objectKey == null || !isKept(row, nowMs)) throw refused;
  const file = { userId, exportId: row.id, objectKey: row.objectKey };
  if (!(await isGoodFileLink(ctx.env, { parsed, file, nowMs }))) throw refused;
  const object = await ctx.env.BUCKET.get(row.objectKey);
  if (object === null) throw refused;
  return { object, fileName: `apextrade-${new Date(row.createdAt).toISOString().slice(0, 10)}.tar.gz` };
}

async function findExport(ctx: PersonContext, id: string): Promise<Row> {
  const mine = and(eq(dataExports.id, id), eq(dataExports.ownerId, ctx.principal.user.id));
  const [row] = await ctx.database.select().from(dataExports).where(mine).limit(1);
  if (row === undefined) throw notFound("archive");
  return row;
}

function isKept({ status, expiresAt }: Row, nowMs: number): boolean {
  return status === "done" && expiresAt !== null && nowMs < expiresAt;
}

function exportOf({ id, status, progress, bytes, error, createdAt, finishedAt, expiresAt }: Row): DataExport {
  return { id, status, progress, bytes, error, createdAt, finishedAt, expiresAt };
}

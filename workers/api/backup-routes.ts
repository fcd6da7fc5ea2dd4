import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { BackupPage, BegunBackup } from "../../schema/wire/backup.ts";
import { PageQuery } from "../../schema/wire/primitive.ts";
import { beginBackup, listBackups } from "../services/admin/backups.ts";
import type { ApiEnv } from "./api-types.ts";
import { personContext } from "./identity-calls.ts";
import { bearer, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Administration"], security: bearer };

const getBackups = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/admin/backups",
  summary: "Full backups, the newest first: age, size, and whether each was restored and found good",
  request: { query: PageQuery },
  responses: { 200: jsonReply(BackupPage, "A page of backups."), ...problems(401, 403, 422) },
});

const postBackup = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/admin/backups",
  summary: "Make a full backup now, and restore it into a place of its own to be checked",
  description: "While one is being made, the reply names that one.",
  responses: { 202: jsonReply(BegunBackup, "It has begun."), ...problems(401, 403, 409, 429) },
});

/** Routes of backups. */
export function backupRoutes() {
  return (
    new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
      .openapi(getBackups, async (c) => {
        const { cursor, limit } = c.req.valid("query");
        return c.json(await listBackups({ ctx: personContext(c), input: { cursor, limit } }), 200);
      })
      // The token of a program that deploys stands for nobody.
      .openapi(postBackup, async (c) => c.json(await beginBackup({ ctx: personContext(c) }), 202))
  );
}

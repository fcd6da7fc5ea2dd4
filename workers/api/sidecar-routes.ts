import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { SIDECAR_HEADER } from "../account/sidecar-hold.ts";
import { bearerOf, sidecarKey, verifySidecarToken } from "../auth/sidecar-token.ts";
import { objectName } from "../platform/object-name.ts";
import { notFound, unauthorized } from "../platform/problem-error.ts";
import type { ApiEnv } from "./api-types.ts";
import { requireUpgrade } from "./open-channel.ts";

/**
 * Where sidecars dial those whose streams they hold: accounts, and connections for their terminals. The token names whose it
 * is and its owner; the object looks at it once more, and whether it was used before.
 */
export function sidecarRoutes() {
  return new OpenAPIHono<ApiEnv>()
    .get("/sidecar/v1/accounts/:id", (c) => dialled(c, { kind: "account", objects: c.env.ACCOUNT }))
    .get("/sidecar/v1/connections/:id", (c) => dialled(c, { kind: "connection", objects: c.env.CONNECTION }));
}

interface Dialled {
  readonly kind: "account" | "connection";
  readonly objects: { getByName(name: string): Pick<Fetcher, "fetch"> };
}

async function dialled(c: Context<ApiEnv, "/:id">, { kind, objects }: Dialled): Promise<Response> {
  const secret = c.env.SIDECAR_SECRET ?? "";
  if (secret === "") throw notFound("route");
  requireUpgrade(c);
  const authorization = c.req.header("Authorization");
  const token = bearerOf(authorization);
  const key = sidecarKey(secret);
  const claims =
    token === undefined ? undefined : await verifySidecarToken(key, "sidecar", { token, nowMs: c.get("now")() });
  const id = c.req.param("id");
  if (authorization === undefined || claims?.accountId !== id) throw unauthorized("The sidecar's token is not valid.");
  const name = await objectName({ kind, ownerId: claims.ownerId, id });
  const headers = { Upgrade: "websocket", Authorization: authorization, [SIDECAR_HEADER]: "1" };
  return objects.getByName(name).fetch(new Request("https://object.internal/", { headers }));
}

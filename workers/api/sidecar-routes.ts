import { OpenAPIHono } from "@hono/zod-openapi";
import { SIDECAR_HEADER } from "../account/account-sidecar.ts";
import { bearerOf, sidecarKey, verifySidecarToken } from "../auth/sidecar-token.ts";
import { objectName } from "../platform/object-name.ts";
import { notFound, unauthorized } from "../platform/problem-error.ts";
import type { ApiEnv } from "./api-types.ts";
import { requireUpgrade } from "./open-channel.ts";

/**
 * Where sidecars dial the accounts whose streams they hold. The token names the account and its owner; the account's object
 * looks at it once more, and whether it was used before.
 */
export function sidecarRoutes() {
  return new OpenAPIHono<ApiEnv>().get("/sidecar/v1/accounts/:id", async (c) => {
    const secret = c.env.SIDECAR_SECRET ?? "";
    if (secret === "") throw notFound("route");
    requireUpgrade(c);
    const authorization = c.req.header("Authorization");
    const token = bearerOf(authorization);
    const key = sidecarKey(secret);
    const claims =
      token === undefined ? undefined : await verifySidecarToken(key, "sidecar", { token, nowMs: c.get("now")() });
    const id = c.req.param("id");
    if (authorization === undefined || claims?.accountId !== id)
      throw unauthorized("The sidecar's token is not valid.");
    const name = await objectName({ kind: "account", ownerId: claims.ownerId, id });
    const headers = { Upgrade: "websocket", Authorization: authorization, [SIDECAR_HEADER]: "1" };
    return c.env.ACCOUNT.getByName(name).fetch(new Request("https://account.internal/", { headers }));
  });
}

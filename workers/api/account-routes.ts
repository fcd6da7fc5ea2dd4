import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import {
  AddPasskey,
  ApiKey,
  ConfirmTotp,
  CreateApiKey,
  NewApiKey,
  Passkey,
  RecoveryCodes,
  Security,
  TotpEnrolment,
} from "../../schema/wire/account.ts";
import { ChangeEmail, ChangePassword, ChangeProfile, PasskeyOptions, User } from "../../schema/wire/session.ts";
import { changePassword, changeProfile, requestEmailChange } from "../services/identity/account.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "../services/identity/api-keys.ts";
import {
  addPasskey,
  confirmTotp,
  passkeyRegistrationOptions,
  readSecurity,
  removePasskey,
  removeTotp,
  renewRecoveryCodes,
  startTotp,
} from "../services/identity/security.ts";
import type { ApiEnv } from "./api-types.ts";
import { personContext } from "./identity-calls.ts";
import { bearer, done, idParams, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const guarded = { tags: ["Account"], security: bearer };
const passkeyParams = z.object({ id: z.string().max(1_400) });

const patchAccount = createRoute({
  ...guarded,
  method: "patch",
  path: "/api/v1/account",
  summary: "Change your name",
  request: { body: jsonBody(ChangeProfile) },
  responses: { 200: jsonReply(User, "As it is now."), ...problems(401, 403, 422) },
});

const postPassword = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/password",
  summary: "Change your password; all other sessions end",
  request: { body: jsonBody(ChangePassword) },
  responses: { 204: done("Changed."), ...problems(401, 403, 422, 429) },
});

const postEmail = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/email",
  summary: "Ask for a change of address; a letter to the new one confirms it",
  request: { body: jsonBody(ChangeEmail) },
  responses: { 204: done("A letter is on its way."), ...problems(401, 403, 422, 429) },
});

const getSecurity = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/account/security",
  summary: "Your second factors",
  responses: { 200: jsonReply(Security, "Without any secret."), ...problems(401, 403) },
});

const postTotp = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/totp",
  summary: "Start setting up an authenticator app",
  responses: { 200: jsonReply(TotpEnrolment, "Shown once."), ...problems(401, 403, 409) },
});

const postTotpConfirm = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/totp/confirm",
  summary: "Take the app into use by its first code",
  request: { body: jsonBody(ConfirmTotp) },
  responses: { 200: jsonReply(RecoveryCodes, "Recovery codes, shown once."), ...problems(401, 403, 422, 429) },
});

const deleteTotp = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/account/totp",
  summary: "Remove the authenticator app",
  responses: { 204: done("Removed."), ...problems(401, 403, 404) },
});

const postCodes = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/recovery-codes",
  summary: "New recovery codes in place of all earlier ones",
  responses: { 200: jsonReply(RecoveryCodes, "Shown once."), ...problems(401, 403) },
});

const postPasskeyOptions = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/passkeys/options",
  summary: "Options for making a passkey",
  responses: { 200: jsonReply(PasskeyOptions, "For `navigator.credentials.create`."), ...problems(401, 403) },
});

const postPasskey = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/account/passkeys",
  summary: "Add a passkey",
  request: { body: jsonBody(AddPasskey) },
  responses: {
    201: jsonReply(
      z.object({ passkey: Passkey, codes: z.array(z.string()).nullable() }),
      "With recovery codes, shown once, where there were none.",
    ),
    ...problems(401, 403, 409, 422),
  },
});

const deletePasskey = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/account/passkeys/{id}",
  summary: "Remove a passkey",
  request: { params: passkeyParams },
  responses: { 204: done("Removed."), ...problems(401, 403, 404) },
});

const getKeys = createRoute({
  ...guarded,
  method: "get",
  path: "/api/v1/api-keys",
  summary: "Your API keys",
  responses: { 200: jsonReply(z.object({ rows: z.array(ApiKey) }), "The newest first."), ...problems(401, 403) },
});

const postKey = createRoute({
  ...guarded,
  method: "post",
  path: "/api/v1/api-keys",
  summary: "Make an API key for a program",
  request: { body: jsonBody(CreateApiKey) },
  responses: { 201: jsonReply(NewApiKey, "`secret` is shown once."), ...problems(401, 403, 409, 422) },
});

const deleteKey = createRoute({
  ...guarded,
  method: "delete",
  path: "/api/v1/api-keys/{id}",
  summary: "Make an API key worthless at once",
  request: { params: idParams },
  responses: { 204: done("Gone."), ...problems(401, 403, 404) },
});

/** Routes of the person's account: profile, password, second factors, API keys. */
export function accountRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(patchAccount, async (c) =>
      c.json(await changeProfile({ ctx: personContext(c), input: c.req.valid("json") }), 200),
    )
    .openapi(postPassword, async (c) => {
      await changePassword({ ctx: personContext(c), input: c.req.valid("json") });
      return c.body(null, 204);
    })
    .openapi(postEmail, async (c) => {
      await requestEmailChange({ ctx: personContext(c), input: c.req.valid("json") });
      return c.body(null, 204);
    })
    .openapi(getSecurity, async (c) => c.json(await readSecurity({ ctx: personContext(c) }), 200))
    .openapi(postTotp, async (c) => c.json(await startTotp({ ctx: personContext(c) }), 200))
    .openapi(postTotpConfirm, async (c) =>
      c.json(await confirmTotp({ ctx: personContext(c), input: c.req.valid("json") }), 200),
    )
    .openapi(deleteTotp, async (c) => {
      await removeTotp({ ctx: personContext(c) });
      return c.body(null, 204);
    })
    .openapi(postCodes, async (c) => c.json(await renewRecoveryCodes({ ctx: personContext(c) }), 200))
    .openapi(postPasskeyOptions, async (c) => c.json(await passkeyRegistrationOptions({ ctx: personContext(c) }), 200))
    .openapi(postPasskey, async (c) =>
      c.json(await addPasskey({ ctx: personContext(c), input: c.req.valid("json") }), 201),
    )
    .openapi(deletePasskey, async (c) => {
      await removePasskey({ ctx: personContext(c), input: c.req.valid("param") });
      return c.body(null, 204);
    })
    .openapi(getKeys, async (c) => c.json({ rows: await listApiKeys({ ctx: personContext(c) }) }, 200))
    .openapi(postKey, async (c) =>
      c.json(await createApiKey({ ctx: personContext(c), input: c.req.valid("json") }), 201),
    )
    .openapi(deleteKey, async (c) => {
      await revokeApiKey({ ctx: personContext(c), input: c.req.valid("param") });
      return c.body(null, 204);
    });
}

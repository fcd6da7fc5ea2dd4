import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { SIGNAL_BYTES_MAX, SignalReceipt } from "../../schema/wire/signal.ts";
import { readHookToken } from "../auth/hook-token.ts";
import { SIGNATURE_HEADER } from "../notify/webhook-sender.ts";
import {
  conflict,
  invalidIssues,
  notFound,
  ProblemError,
  tooLarge,
  tooMany,
  unauthorized,
} from "../platform/problem-error.ts";
import { HOOK_PATH } from "../services/trading/signals.ts";
import type { HookReply } from "../signal/signal-intake.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";
import type { RequestLimits } from "./request-limits.ts";
import { jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const DESCRIPTION = [
  "A text such as `buy`, TradingView's own words for an order, or JSON with `action`, `position`, `symbol`, `bar`, `time` and",
  "prices; the content type does not matter. It is written down before this answers and acted on after it. Where the bot asks",
  `for it, JSON names \`secret\`, or \`${SIGNATURE_HEADER}\` signs the body: \`t=<UTC s>,v1=<hex>\`, an HMAC-SHA-256 over`,
  "`<t>.<body>`. A signed message is taken once, within 60 s.",
].join(" ");

const receive = createRoute({
  method: "post",
  path: `${HOOK_PATH}/{token}`,
  tags: ["Signals"],
  summary: "Send a bot a signal",
  description: DESCRIPTION,
  request: {
    params: z.object({ token: z.string() }),
    body: { required: true, content: { "text/plain": { schema: z.string() } } },
  },
  responses: {
    202: jsonReply(SignalReceipt, "It is written down; `state` says what becomes of it."),
    ...problems(400, 401, 404, 409, 413, 422, 429),
  },
});

/** Where programs of others send signals: the token is all that they show of themselves. */
export function hookRoutes({ hook }: Pick<RequestLimits, "hook">) {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid }).openapi(receive, async (c) => {
    const found = await readHookToken(c.env, c.req.param("token"));
    if (found === undefined) throw notFound("address");
    const { name, hash } = found;
    await hook(c, hash);
    const call = { hash, body: await readBody(c), signature: c.req.header(SIGNATURE_HEADER) };
    const reply = structuredClone(await c.env.BOT.getByName(name).receiveSignal(call));
    return c.json(receiptOf(reply, c.get("now")()), 202);
  });
}

function receiptOf(reply: HookReply, nowMs: number): SignalReceipt {
  switch (reply.type) {
    case "none":
      throw notFound("address");
    case "locked":
      throw tooMany(
        "Too many messages with a wrong secret or signature.",
        Math.max(1, Math.ceil((reply.until - nowMs) / 1_000)),
      );
    case "unproven":
      throw unauthorized(reply.detail);
    case "repeated":
      throw conflict("repeated", "This signed message came before.");
    case "refused":
      throw invalidIssues(reply.issues);
    case "taken":
      return reply.receipt;
  }
}

/** The body as text, whatever type it says it has. Throws 413 and 400. */
async function readBody(c: ApiContext): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of c.req.raw.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > SIGNAL_BYTES_MAX) {
        throw tooLarge(`The message must be at most ${SIGNAL_BYTES_MAX} bytes, was ${bytes} or more.`);
      }
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw new ProblemError({ status: 400, code: "not_text", detail: "The message must be text in UTF-8.", cause });
  }
}

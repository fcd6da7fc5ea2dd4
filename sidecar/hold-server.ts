import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { HoldAnswer, HoldRequest } from "../schema/wire/sidecar.ts";
import { bearerOf, UsedTokens, type VerifiedClaims, verifySidecarToken } from "../workers/auth/sidecar-token.ts";
import type { Holds } from "./holds.ts";
import type { Timers } from "./timers.ts";

/** Longest body of a request: credentials of the wordiest venue are a few kilobytes. */
const BODY_BYTES_MAX = 64 * 1024;
/** A client that has not sent its request whole by then is cut off, ms. */
const REQUEST_MS_MAX = 10_000;

export interface HoldServerOptions {
  readonly holds: Holds;
  readonly key: Uint8Array;
  readonly timers: Timers;
  /** Origins that accounts may be reached at, such as `wss://trade.example.org`: no other is ever dialled. */
  readonly callbackOrigins: readonly string[];
}

/**
 * `GET /health`, and with a token of the account's `POST /v1/holds` and `DELETE /v1/holds`. Nothing that it says names an
 * account or repeats a credential.
 */
export function holdServer(options: HoldServerOptions): Server {
  const used = new UsedTokens();
  const server = createServer((request, response) => {
    handle(request, response, { ...options, used }).catch(() => {
      if (!response.headersSent) answer(response, 500, { code: "failed" });
    });
  });
  server.requestTimeout = REQUEST_MS_MAX;
  server.headersTimeout = REQUEST_MS_MAX;
  return server;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: HoldServerOptions & { readonly used: UsedTokens },
): Promise<void> {
  const { holds } = options;
  const route = `${request.method} ${(request.url ?? "").split("?")[0]}`;
  if (route === "GET /health") {
    const counts = holds.counts();
    return answer(response, counts.draining ? 503 : 200, counts);
  }
  if (route !== "POST /v1/holds" && route !== "DELETE /v1/holds") return answer(response, 404, { code: "not_found" });
  const claims = await claimsOf(request, options);
  if (claims === undefined) return answer(response, 401, { code: "unauthorized" });
  if (route === "DELETE /v1/holds") {
    return answer(response, 200, { released: holds.release(claims.accountId, claims.epoch) });
  }
  const body = await bodyOf(request);
  if (body === undefined) return answer(response, 413, { code: "too_large" });
  return hold(response, options, { claims, body });
}

function hold(
  response: ServerResponse,
  { holds, callbackOrigins }: HoldServerOptions,
  { claims, body }: { readonly claims: VerifiedClaims; readonly body: string },
): void {
  const parsed = HoldRequest.safeParse(jsonOf(body));
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join("."));
    answer(response, 422, { code: "invalid", fields });
    return;
  }
  const request = parsed.data;
  const isOurs = callbackOrigins.includes(new URL(request.callback).origin);
  if (!isOurs || request.epoch !== claims.epoch) {
    answer(response, 422, { code: "invalid", fields: [isOurs ? "epoch" : "callback"] });
    return;
  }
  try {
    const result = holds.hold({ accountId: claims.accountId, ownerId: claims.ownerId, request });
    if (result.result !== "held") {
      answer(response, result.result === "old" ? 409 : 503, { code: result.result });
      return;
    }
    answer(response, 200, HoldAnswer.parse({ stream: result.hold.stream, state: result.hold.state }));
    return;
  } catch (error) {
    if (error instanceof RangeError) {
      answer(response, 422, { code: "venue", message: error.message });
      return;
    }
    throw error;
  }
}

async function claimsOf(
  request: IncomingMessage,
  { key, timers, used }: HoldServerOptions & { readonly used: UsedTokens },
): Promise<VerifiedClaims | undefined> {
  const token = bearerOf(request.headers.authorization);
  if (token === undefined) return undefined;
  const claims = await verifySidecarToken(key, "account", { token, nowMs: timers.now() });
  return claims !== undefined && used.use(claims, timers.now()) ? claims : undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

import type { HoldRequest } from "../../schema/wire/sidecar.ts";
import { HoldAnswer } from "../../schema/wire/sidecar.ts";
import { issueSidecarToken, type SidecarClaims, sidecarKey } from "../auth/sidecar-token.ts";
import { sha256 } from "../core/report/sha256.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { TIME_IS_UP, within } from "../platform/within.ts";

/** Sidecars that accounts are spread over in production. Each holds some hundreds; another number moves most accounts once. */
export const SIDECAR_SHARDS = 4;
/** How long a sidecar is waited for, ms: one that has to be started first takes seconds. */
const REPLY_MS_MAX = 10_000;

/** What became of a request to be held. `refused`: asking the same again would not help. */
export type HoldOutcome =
  | { readonly outcome: "held"; readonly answer: HoldAnswer }
  | { readonly outcome: "refused"; readonly message: string }
  | { readonly outcome: "unreachable"; readonly message: string };

/** Which of the sidecars an account belongs to. */
export function shardOf(accountId: string): number {
  return Number.parseInt(sha256(accountId).slice(0, 8), 16) % SIDECAR_SHARDS;
}

/** Asks the sidecar of an account to hold its venue's stream. Never throws; the token is made here. */
export async function askForHold(
  env: Env,
  who: Omit<SidecarClaims, "epoch">,
  { request, nowMs }: { readonly request: HoldRequest; readonly nowMs: number },
): Promise<HoldOutcome> {
  try {
    const reply = await within(
      callSidecar(env, who, { method: "POST", epoch: request.epoch, nowMs, body: request }),
      REPLY_MS_MAX,
    );
    if (reply === TIME_IS_UP) return { outcome: "unreachable", message: `no answer within ${REPLY_MS_MAX} ms` };
    if (reply.status === 422)
      return { outcome: "refused", message: `the sidecar refused: ${reply.text.slice(0, 300)}` };
    if (reply.status !== 200) return { outcome: "unreachable", message: `the sidecar answered ${reply.status}` };
    return { outcome: "held", answer: HoldAnswer.parse(JSON.parse(reply.text)) };
  } catch (error) {
    return { outcome: "unreachable", message: error instanceof Error ? error.message : String(error) };
  }
}

/** Tells the sidecar of an account to stop. What it does not hear ends when its socket is refused. */
export async function releaseHold(env: Env, claims: SidecarClaims, nowMs: number): Promise<void> {
  const call = callSidecar(env, claims, { method: "DELETE", epoch: claims.epoch, nowMs });
  await within(
    call.catch(() => undefined),
    REPLY_MS_MAX,
  );
}

interface SidecarCall {
  readonly method: "POST" | "DELETE";
  readonly epoch: number;
  readonly nowMs: number;
  readonly body?: HoldRequest;
}

async function callSidecar(
  env: Env,
  { accountId, ownerId }: Omit<SidecarClaims, "epoch">,
  { method, epoch, nowMs, body }: SidecarCall,
): Promise<{ status: number; text: string }> {
  const key = sidecarKey(env.SIDECAR_SECRET);
  const token = await issueSidecarToken(key, "account", { accountId, ownerId, epoch, tokenId: newId("jti"), nowMs });
  const init = {
    method,
    redirect: "manual" as const,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const reply = await sidecarFetch(env, accountId, init);
  return { status: reply.status, text: await reply.text() };
}

/** A process on an address where one is named, as on the local server; else the container of the account's shard. */
function sidecarFetch(env: Env, accountId: string, init: RequestInit): Promise<Response> {
  const { SIDECAR_URL: url = "", SIDECAR: shards } = env;
  if (url !== "") return fetch(new URL("/v1/holds", url), init);
  return shards.getByName(`shard-${shardOf(accountId)}`).fetch("http://sidecar/v1/holds", init);
}

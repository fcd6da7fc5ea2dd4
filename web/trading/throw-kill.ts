import { KilledMessage } from "../../schema/wire/dashboard-live.ts";
import type { KillResult, KillSwitch } from "../../schema/wire/trading.ts";
import { ApiError } from "../api/api-error.ts";
import { LiveAskError } from "../api/live-channel.ts";

/** The API acknowledges within a second; after this long without a word the switch is thrown over the socket as well. */
export const API_ALONE_MS = 2_000;

/** After this long the API is not waited for any more, whatever it is that hangs on the way to it. */
export const API_MS_MAX = 15_000;

/** What was acknowledged, and which way the word went. */
export interface KillOutcome {
  readonly result: KillResult;
  readonly way: "api" | "socket";
}

export interface KillWays {
  /** Throws the switch by the API. Throws `ApiError`. */
  post(kill: KillSwitch): Promise<KillResult>;
  /** Says it over the socket of the dashboard; see `LiveChannel.ask`. */
  ask(
    message: KillSwitch & { type: "kill"; id: string },
    read: (text: string) => KillResult | undefined,
  ): Promise<KillResult>;
  wait(delayMs: number): Promise<void>;
  /** Names one throw of the switch, so that its answer is told from a late one to another. */
  newId(): string;
}

/** Neither way was acknowledged, or the server refused. */
export class KillError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KillError";
  }
}

/**
 * Throws the kill switch by the API; where that is away, broken or slow, over the socket that is open already, which asks no
 * database. A switch thrown twice does the same as one. Throws `KillError`, at the latest once the API had its time and
 * the socket gave up.
 */
export async function throwKill(kill: KillSwitch, ways: KillWays): Promise<KillOutcome> {
  const byApi = ways.post(kill).then((result): KillOutcome => ({ result, way: "api" }));
  const early = await Promise.race([byApi.catch((error: unknown) => error), ways.wait(API_ALONE_MS)]);
  if (isOutcome(early)) return early;
  if (isRefusal(early)) throw new KillError(early.message);
  const id = ways.newId();
  const bySocket = ways
    .ask({ type: "kill", id, ...kill }, (text) => killedOf(text, id))
    .then((result): KillOutcome => ({ result, way: "socket" }));
  const tooLate = ways.wait(API_MS_MAX - API_ALONE_MS).then(() => Promise.reject(new Error("the API was silent")));
  try {
    return await Promise.any([Promise.race([byApi, tooLate]), bySocket]);
  } catch (failed) {
    throw new KillError(wordsOf(failed instanceof AggregateError ? failed.errors : [failed]));
  }
}

function isOutcome(value: unknown): value is KillOutcome {
  return typeof value === "object" && value !== null && "way" in value;
}

/** Answers of 4xx that say nothing of the switch, only that the server had no time for it. */
const BUSY: ReadonlySet<number> = new Set([408, 429]);

/** Whether the API has read the switch and will not follow it: another way is not for going around that. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && !BUSY.has(error.status);
}

function killedOf(text: string, asked: string): KillResult | undefined {
  try {
    const { id, accounts, unreached } = KilledMessage.parse(JSON.parse(text));
    return id === asked ? { accounts, unreached } : undefined;
  } catch {
    return undefined;
  }
}

function wordsOf(errors: readonly unknown[]): string {
  const refused = errors.find(isRefusal);
  if (refused !== undefined) return refused.message;
  const answered = errors.find((error) => error instanceof LiveAskError && error.reason === "refused");
  if (answered instanceof LiveAskError) {
    return `The server did not answer as it should, and over the open connection it said: ${answered.message} Orders may still be sent.`;
  }
  return "Nothing acknowledged it: neither the server nor the open connection answered. Orders may still be sent. Try again.";
}

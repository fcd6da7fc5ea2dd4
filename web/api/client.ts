import type { AccessToken } from "../../schema/wire/session.ts";
import { ApiError, errorOfResponse, offlineError } from "./api-error.ts";

/** Times a request that may be repeated is sent in all: enough for a restart of the server, short of annoying. */
const ATTEMPTS_MAX = 3;
const RETRY_DELAY_MS = 400;
/** A server that asks for a longer pause than this is answered to the user as an error at once. */
const RETRY_AFTER_MS_MAX = 5_000;
/** A token this close to its end is replaced first, so that a request under way does not outlive it. */
const TOKEN_MARGIN_MS = 30_000;
/** A token is a small reply: a fetch of one that hangs for longer would hold up every request behind it. */
const TOKEN_MS_MAX = 30_000;
const RETRYABLE = new Set([0, 429, 502, 503, 504]);

export type QueryValues = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly query?: QueryValues;
  readonly body?: unknown;
  /** Bytes that are sent as they are, in place of a JSON body. */
  readonly file?: Blob;
  readonly signal?: AbortSignal | undefined;
  /** Makes a create safe to repeat: the server answers the first result again. */
  readonly idempotencyKey?: string;
}

/** What the client takes from its surroundings. */
export interface ClientDeps {
  fetch(url: string, init: RequestInit): Promise<Response>;
  now(): number;
  wait(delayMs: number): Promise<void>;
  /** Called once a token is refused for good, or what it showed has ended: the session is not what the page takes it for. */
  onSessionOver(): void;
}

export interface Client {
  /** The JSON body of a reply of the API; `undefined` for 204. Throws `ApiError`. */
  request<T>(path: string, options?: RequestOptions): Promise<T>;
  /** The whole reply, for downloads. Throws `ApiError`. */
  fetch(path: string, options?: RequestOptions): Promise<Response>;
  /** A bearer token that is good for some time yet. Throws `ApiError`, and the reason of `signal` once that is aborted. */
  token(signal?: AbortSignal): Promise<string>;
  /** Forgets the token, as after signing out. */
  forget(): void;
  /**
   * Runs what may give the session a new id, with a token of the old one. Tokens that are asked for meanwhile wait for it:
   * one that was fetched just before would be worth nothing. One renewal runs at a time, and `act` must come to an end by
   * itself. Throws what `act` throws, and `ApiError`.
   */
  renewing<T>(act: (token: string) => Promise<T>): Promise<T>;
}

/** The one way to the API: bearer token kept in memory, problem documents as `ApiError`, safe requests repeated. */
export function createClient(deps: ClientDeps): Client {
  let current: AccessToken | undefined;
  let pending: Promise<AccessToken> | undefined;
  let renewal: Promise<void> | undefined;

  async function token(signal?: AbortSignal): Promise<string> {
    while (renewal !== undefined) await unlessAborted(renewal, signal);
    if (current !== undefined && current.expiresAt - deps.now() > TOKEN_MARGIN_MS) return current.token;
    pending ??= keepToken().finally(() => {
      pending = undefined;
    });
    return (await unlessAborted(pending, signal)).token;
  }

  async function keepToken(): Promise<AccessToken> {
    const fetched = await fetchToken(deps);
    current = fetched;
    return fetched;
  }

  async function once(path: string, options: RequestOptions): Promise<Response> {
    const response = await send(deps, path, options, await token(options.signal));
    if (response.status !== 401) return response;
    current = undefined;
    return send(deps, path, options, await token(options.signal));
  }

  async function fetchReply(path: string, options: RequestOptions = {}): Promise<Response> {
    const attempts = mayRepeat(options) ? ATTEMPTS_MAX : 1;
    for (let attempt = 1; ; attempt++) {
      const outcome = await outcomeOf(() => once(path, options));
      if (outcome instanceof Response && outcome.ok) return outcome;
      const error = outcome instanceof Response ? await errorOfResponse(outcome) : outcome;
      const pause = pauseBefore(attempt + 1, outcome);
      if (error.status === 401 || error.code === "view_ended") deps.onSessionOver();
      if (attempt >= attempts || pause === undefined || options.signal?.aborted) throw error;
      await deps.wait(pause);
    }
  }

  return {
    token,
    fetch: fetchReply,
    async request<T>(path: string, options: RequestOptions = {}): Promise<T> {
      const response = await fetchReply(path, options);
      return (response.status === 204 ? undefined : await response.json()) as T;
    },
    forget() {
      current = undefined;
    },
    async renewing(act) {
      let before = await token();
      // Of several that waited for the same renewal, the first goes on and the others wait for that one in turn.
      while (renewal !== undefined) before = await token();
      const { promise, resolve } = Promise.withResolvers<void>();
      renewal = promise;
      try {
        return await act(before);
      } finally {
        renewal = undefined;
        current = undefined;
        resolve();
      }
    },
  };
}

/** The address of a route with its query; values that are undefined are left out. */
export function addressOf(path: string, query: QueryValues = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    search.set(key, Array.isArray(value) ? value.join(",") : String(value));
  }
  const text = search.toString();
  return `/api/v1${path}${text === "" ? "" : `?${text}`}`;
}

async function fetchToken(deps: ClientDeps): Promise<AccessToken> {
  const response = await deps.fetch("/api/v1/session/token", {
    ...{ method: "POST", credentials: "same-origin" },
    signal: AbortSignal.timeout(TOKEN_MS_MAX),
  });
  if (!response.ok) throw await errorOfResponse(response);
  return (await response.json()) as AccessToken;
}

function send(deps: ClientDeps, path: string, options: RequestOptions, token: string): Promise<Response> {
  const headers = new Headers({ authorization: `Bearer ${token}`, accept: "application/json" });
  if (options.idempotencyKey !== undefined) headers.set("idempotency-key", options.idempotencyKey);
  if (options.body !== undefined) headers.set("content-type", "application/json");
  if (options.file !== undefined) headers.set("content-type", options.file.type);
  return deps.fetch(addressOf(path, options.query), {
    method: options.method ?? "GET",
    headers,
    credentials: "same-origin",
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.file === undefined ? {} : { body: options.file }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** What `promise` gives; throws the reason of `signal` where that is aborted first. Others may wait for `promise` on. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const aborted = Promise.withResolvers<never>();
  const giveUp = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function mayRepeat(options: RequestOptions): boolean {
  return (options.method ?? "GET") === "GET" || options.idempotencyKey !== undefined;
}

async function outcomeOf(act: () => Promise<Response>): Promise<Response | ApiError> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ApiError) return error;
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    return offlineError();
  }
}

/** Milliseconds to wait before the next attempt; undefined where another would not help. */
function pauseBefore(attempt: number, outcome: Response | ApiError): number | undefined {
  if (!RETRYABLE.has(outcome.status)) return undefined;
  const asked =
    outcome instanceof Response ? Number(outcome.headers.get("retry-after") ?? Number.NaN) * 1000 : Number.NaN;
  if (Number.isNaN(asked)) return RETRY_DELAY_MS * 2 ** (attempt - 2);
  return asked <= RETRY_AFTER_MS_MAX ? asked : undefined;
}

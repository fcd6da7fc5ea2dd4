/** Name of the header by which the Worker says whose object it opens a socket of; clients cannot reach the object. */
export const OWNER_HEADER = "X-Live-Owner";
/** Name of the header that says for which session or key the socket is opened. */
export const GRANT_HEADER = "X-Live-Grant";
/** Name of the header that says who watches, from where, and what they may do. */
export const WATCHER_HEADER = "X-Live-Watcher";

/** Name of the header that says when the leave to watch ends, UTC milliseconds. */
const UNTIL_HEADER = "X-Live-Until";

export interface SocketRequest {
  readonly ownerId: string;
  readonly grantId: string;
  /** Kept with the socket and handed back with each of its messages. */
  readonly watcher: unknown;
  /** When the leave to watch ends, UTC milliseconds; undefined where only the grant's end ends it. */
  readonly untilMs?: number | undefined;
  /** The client's query: `epoch` and `sequence` where it goes on from a value that it has. */
  readonly search: string;
}

/** The request by which the Worker asks an object for a socket, after it has checked everything. */
export function socketRequest({ ownerId, grantId, watcher, untilMs, search }: SocketRequest): Request {
  return new Request(`https://live.internal/${search}`, {
    headers: {
      Upgrade: "websocket",
      [OWNER_HEADER]: ownerId,
      [GRANT_HEADER]: grantId,
      // Names of browsers may hold what headers may not.
      [WATCHER_HEADER]: encodeURIComponent(JSON.stringify(watcher ?? null)),
      ...(untilMs === undefined ? {} : { [UNTIL_HEADER]: String(untilMs) }),
    },
  });
}

/** What a request made by `socketRequest` says; `untilMs` is Infinity where it names no end. */
export function readSocketRequest(request: Request): {
  readonly grantId: string;
  readonly watcher: unknown;
  readonly untilMs: number;
  readonly resume: { readonly epoch: string; readonly sequence: number } | undefined;
} {
  const { searchParams } = new URL(request.url);
  const [epoch, sequence] = [searchParams.get("epoch"), searchParams.get("sequence")];
  const numbered = sequence !== null && /^\d{1,15}$/.test(sequence);
  return {
    grantId: request.headers.get(GRANT_HEADER) ?? "",
    watcher: JSON.parse(decodeURIComponent(request.headers.get(WATCHER_HEADER) ?? "null")),
    untilMs: Number(request.headers.get(UNTIL_HEADER) ?? Number.POSITIVE_INFINITY),
    resume: epoch !== null && numbered ? { epoch, sequence: Number(sequence) } : undefined,
  };
}

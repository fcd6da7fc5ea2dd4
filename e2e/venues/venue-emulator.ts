import type { EmulatedBook } from "./emulated-book.ts";
import type { FaultSwitches } from "./fault-switches.ts";

/** A request as a venue gets it. */
export interface EmulatedRequest {
  readonly method: string;
  /** With a slash in front, without the query. */
  readonly path: string;
  /** Exactly as sent, without the question mark. */
  readonly rawQuery: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface EmulatedReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The other end of a socket that a client has opened. */
export interface EmulatedSocket {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** What a venue does with an open socket. */
export interface SocketHandler {
  take(text: string): void;
  closed(): void;
}

/** A venue of our own: it answers as the real one does, from a book that a test moves. It has no connection of its own. */
export interface VenueEmulator {
  readonly name: string;
  readonly book: EmulatedBook;
  readonly faults: FaultSwitches;
  /** What a client needs to log in, to be shown to whoever started it. */
  readonly keys: Readonly<Record<string, string>>;
  /** Whether its sockets speak in binary frames; text is what they hold all the same. */
  readonly framesAreBinary?: boolean;
  /** Executes a request and answers it. */
  handle(request: EmulatedRequest): EmulatedReply;
  /** A socket was opened; undefined where there is none at that path. */
  connect(path: string, rawQuery: string, socket: EmulatedSocket): SocketHandler | undefined;
  /** A reply that never ends, line by line: undefined where the request is for none. Answers how to end it. */
  openLines?(request: EmulatedRequest, line: (text: string) => void): (() => void) | undefined;
  /** Called each second or so. */
  tick?(): void;
}

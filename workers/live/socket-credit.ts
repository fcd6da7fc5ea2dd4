/** Frames that a socket may hold unacknowledged: about a minute of a market that speaks each second. */
export const FRAMES_IN_FLIGHT_MAX = 64;
/** Bytes that a socket may hold unacknowledged: what a paused reader costs the object at most. */
export const BYTES_IN_FLIGHT_MAX = 1024 * 1024;
/** A frame unacknowledged for longer ends the socket: the reader is gone, or cannot keep up. */
export const ACK_DELAY_MS_MAX = 10_000;
/** How long a socket lives: whoever still may comes back with a new ticket, and goes on where they were. */
export const SOCKET_MS_MAX = 24 * 60 * 60_000;
/** Refusals that one socket is told before it is hung up: they are not acknowledged, so that something else must bound them. */
export const REFUSALS_MAX = 100;

/** A frame on its way: its number, its length in bytes and when it was sent. */
type InFlight = readonly [sequence: number, bytes: number, sentAtMs: number];

/** What a hub knows about one socket. It sleeps with the socket, in its attachment. */
export interface SocketProgress {
  /** Who watches, as the Worker said when it opened the socket. */
  readonly watcher: unknown;
  /** From then on nothing is told over the socket, UTC milliseconds. */
  readonly endsAt: number;
  /** What the number belongs to; a value of another epoch is sent whole. */
  readonly epoch: string;
  /** Number of the value that was last sent. */
  readonly sent: number;
  /** The next frame must be a snapshot. */
  readonly whole: boolean;
  /** Oldest first. */
  readonly inFlight: readonly InFlight[];
  readonly refusals: number;
}

/** Whether a frame of so many bytes may be sent now. One that is larger than all credit goes alone. */
export function hasCredit({ inFlight }: SocketProgress, bytes: number): boolean {
  if (inFlight.length === 0) return true;
  if (inFlight.length >= FRAMES_IN_FLIGHT_MAX) return false;
  return inFlight.reduce((sum, [, held]) => sum + held, bytes) <= BYTES_IN_FLIGHT_MAX;
}

export function afterSending(
  progress: SocketProgress,
  frame: { readonly epoch: string; readonly sequence: number; readonly bytes: number; readonly nowMs: number },
): SocketProgress {
  const { epoch, sequence, bytes, nowMs } = frame;
  return {
    ...progress,
    epoch,
    sent: sequence,
    whole: false,
    inFlight: [...progress.inFlight, [sequence, bytes, nowMs]],
  };
}

/** Gives back the credit of every frame up to `sequence`. */
export function afterAck(progress: SocketProgress, sequence: number): SocketProgress {
  return { ...progress, inFlight: progress.inFlight.filter(([number]) => number > sequence) };
}

/** When the socket will have been silent for too long; undefined while nothing is on its way. */
export function slowAt({ inFlight }: SocketProgress): number | undefined {
  const [oldest] = inFlight;
  return oldest === undefined ? undefined : oldest[2] + ACK_DELAY_MS_MAX;
}

/** Why a socket is to be closed; undefined while it is not. */
export function endOf(progress: SocketProgress, nowMs: number): "restart" | "slow" | undefined {
  if (nowMs >= progress.endsAt) return "restart";
  return (slowAt(progress) ?? Number.POSITIVE_INFINITY) <= nowMs ? "slow" : undefined;
}

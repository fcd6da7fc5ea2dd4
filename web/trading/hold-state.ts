/** How long a dangerous button is held: long enough to be meant, short enough for an emergency. */
export const HOLD_MS = 1_500;
/** A page that stood still for longer than this did not see whether the button was let go: the hold starts over. */
const SILENCE_MS_MAX = 400;
/** Software that reads the screen presses without holding: a second press this soon after the first confirms it. */
export const PRESS_AGAIN_MS = 5_000;
/** Two presses nearer than this are one that bounced. */
const BOUNCE_MS = 300;

/** What holds the button: a mouse, pen or finger, or a key. */
export type HeldBy = "pointer" | "key";

export type HoldState =
  | { readonly kind: "idle" }
  | { readonly kind: "holding"; readonly by: HeldBy; readonly sinceMs: number; readonly seenMs: number }
  | { readonly kind: "asked"; readonly atMs: number }
  | { readonly kind: "done" };

export type HoldEvent =
  | { readonly type: "press"; readonly by: HeldBy; readonly atMs: number }
  | { readonly type: "release"; readonly by: HeldBy; readonly atMs: number }
  /** The time went on; told for each frame that is drawn. */
  | { readonly type: "tick"; readonly atMs: number }
  /** A press that nothing holds, as software for the blind sends it. */
  | { readonly type: "activate"; readonly atMs: number }
  /** The focus, the pointer or the page is gone. */
  | { readonly type: "leave" };

export const IDLE: HoldState = { kind: "idle" };

/** What a button that must be held becomes by an event. Times are ms of one clock that never goes back. */
export function holdStep(state: HoldState, event: HoldEvent): HoldState {
  if (state.kind === "done") return state;
  if (event.type === "leave") return IDLE;
  if (state.kind === "holding") return whileHeld(state, event);
  if (event.type === "press") {
    return { kind: "holding", by: event.by, sinceMs: event.atMs, seenMs: event.atMs };
  }
  if (state.kind === "asked") return whileAsked(state, event);
  return event.type === "activate" ? { kind: "asked", atMs: event.atMs } : state;
}

/** How much of the hold is over, 0 to 1. */
export function holdShare(state: HoldState): number {
  if (state.kind === "done") return 1;
  return state.kind === "holding" ? Math.min(1, (state.seenMs - state.sinceMs) / HOLD_MS) : 0;
}

function whileHeld(state: HoldState & { kind: "holding" }, event: HoldEvent): HoldState {
  if (event.type === "press" || event.type === "activate" || event.type === "leave") return state;
  // Letting go of the key does not end what a finger holds.
  if (event.type === "release" && event.by !== state.by) return state;
  if (event.atMs - state.seenMs > SILENCE_MS_MAX) return IDLE;
  if (event.atMs - state.sinceMs >= HOLD_MS) return { kind: "done" };
  return event.type === "release" ? IDLE : { ...state, seenMs: event.atMs };
}

function whileAsked(state: HoldState & { kind: "asked" }, event: HoldEvent): HoldState {
  if (event.type !== "activate" && event.type !== "tick") return state;
  const ageMs = event.atMs - state.atMs;
  if (ageMs > PRESS_AGAIN_MS) return event.type === "activate" ? { kind: "asked", atMs: event.atMs } : IDLE;
  return event.type === "activate" && ageMs >= BOUNCE_MS ? { kind: "done" } : state;
}

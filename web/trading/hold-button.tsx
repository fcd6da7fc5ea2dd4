import { type ComponentProps, type ReactNode, useEffect, useReducer, useRef } from "react";
import { type HoldEvent, type HoldState, holdShare, holdStep, IDLE } from "./hold-state.ts";

interface HoldButtonProps {
  /** What happens, as on any button. */
  readonly children: ReactNode;
  readonly onHeld: () => void;
  readonly disabled?: boolean;
}

/** A button that acts once it was held for a second and a half, by mouse, finger or key. A bar says how far it is. */
export function HoldButton({ children, onHeld, disabled }: HoldButtonProps) {
  const [state, send] = useReducer(holdStep, IDLE);
  useTicks(state, send);
  const act = useRef(onHeld);
  useEffect(() => {
    act.current = onHeld;
  });
  const done = state.kind === "done";
  useEffect(() => {
    if (done) act.current();
  }, [done]);
  return (
    <button
      type="button"
      disabled={disabled || done}
      className="relative min-h-11 w-full touch-none overflow-hidden rounded-md border border-danger bg-danger-soft px-4 py-2 font-semibold text-danger select-none disabled:opacity-60 max-md:min-h-12"
      {...holdHandlers(send)}
    >
      <span
        aria-hidden
        className="absolute inset-y-0 left-0 bg-danger opacity-30"
        style={{ width: `${holdShare(state) * 100}%` }}
      />
      <span className="relative">{state.kind === "asked" ? "Press again to confirm" : children}</span>
    </button>
  );
}

type Handlers = Pick<
  ComponentProps<"button">,
  | "onPointerDown"
  | "onPointerUp"
  | "onPointerCancel"
  | "onLostPointerCapture"
  | "onContextMenu"
  | "onKeyDown"
  | "onKeyUp"
  | "onBlur"
  | "onClick"
>;

function holdHandlers(send: (event: HoldEvent) => void): Handlers {
  const release = () => send({ type: "release", by: "pointer", atMs: performance.now() });
  return {
    onPointerDown(event) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      send({ type: "press", by: "pointer", atMs: performance.now() });
    },
    onPointerUp: release,
    onPointerCancel: () => send({ type: "leave" }),
    onLostPointerCapture: release,
    // A finger that rests on a button would open the browser's menu.
    onContextMenu: (event) => event.preventDefault(),
    onKeyDown(event) {
      if (event.key === "Escape") return send({ type: "leave" });
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) send({ type: "press", by: "key", atMs: performance.now() });
    },
    onKeyUp(event) {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      send({ type: "release", by: "key", atMs: performance.now() });
    },
    onBlur: () => send({ type: "leave" }),
    onClick(event) {
      // A click of a pointer or a key has been seen as a hold; one of neither comes from assistive software.
      if (event.detail === 0) send({ type: "activate", atMs: performance.now() });
    },
  };
}

/** Tells each frame while there is something to wait for. */
function useTicks(state: HoldState, send: (event: HoldEvent) => void): void {
  const waiting = state.kind === "holding" || state.kind === "asked";
  useEffect(() => {
    if (!waiting) return;
    let frame = requestAnimationFrame(function next() {
      send({ type: "tick", atMs: performance.now() });
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [waiting, send]);
}

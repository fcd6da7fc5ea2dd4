import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Overlay } from "./shell.tsx";

/** A second key of a pair such as `g b` counts for this long. */
const CHORD_MS = 1_200;

/** Every key that works everywhere; the help shows this list. */
export const SHORTCUTS = [
  { keys: ["Ctrl", "K"], what: "Search pages and commands" },
  { keys: ["/"], what: "Search in the list on this page" },
  { keys: ["n"], what: "New backtest" },
  { keys: ["g", "h"], what: "Go to the dashboard" },
  { keys: ["g", "o"], what: "Go to bots" },
  { keys: ["g", "r"], what: "Go to orders and trades" },
  { keys: ["g", "j"], what: "Go to the journal" },
  { keys: ["g", "k"], what: "Go to risk" },
  { keys: ["g", "b"], what: "Go to backtests" },
  { keys: ["g", "s"], what: "Go to strategies" },
  { keys: ["g", "d"], what: "Go to data" },
  { keys: ["g", "a"], what: "Go to the audit trail" },
  { keys: ["↑", "↓"], what: "Move through the rows of a table" },
  { keys: ["Enter"], what: "Open the row" },
  { keys: ["x"], what: "Choose the row for a comparison" },
  { keys: ["Ctrl", "Enter"], what: "Run, save or send the form" },
  { keys: ["?"], what: "This help" },
] as const;

export const CHART_SHORTCUTS = [
  { keys: ["←", "→"], what: "Move in time" },
  { keys: ["+", "−"], what: "Zoom in and out" },
  { keys: ["0"], what: "Show everything" },
] as const;

type Place = "/" | "/bots" | "/orders" | "/journal" | "/risk" | "/backtests" | "/strategies" | "/data" | "/audit";
const GO: Readonly<Record<string, Place>> = {
  h: "/",
  o: "/bots",
  r: "/orders",
  j: "/journal",
  k: "/risk",
  b: "/backtests",
  s: "/strategies",
  d: "/data",
  a: "/audit",
};

/** Listens for the keys that work on every page, apart from what is typed into a box. */
export function useShortcuts(onOverlay: (overlay: Overlay) => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let goPressedMs = Number.NEGATIVE_INFINITY;
    function onKey(event: KeyboardEvent) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onOverlay("palette");
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
      const place = event.timeStamp - goPressedMs < CHORD_MS ? GO[event.key] : undefined;
      goPressedMs = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (place !== undefined) void navigate({ to: place });
      else if (event.key === "?") onOverlay("help");
      else if (event.key === "n") void navigate({ to: "/backtests/new" });
      else if (event.key === "/") focusSearch(event, () => onOverlay("palette"));
      else return;
      event.preventDefault();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate, onOverlay]);
}

function focusSearch(event: KeyboardEvent, otherwise: () => void): void {
  event.preventDefault();
  const box = document.querySelector<HTMLInputElement>("input[data-page-search]");
  if (box === null) {
    otherwise();
    return;
  }
  box.focus();
  box.select();
}

function isTyping(event: KeyboardEvent): boolean {
  if (document.querySelector("dialog[open]") !== null) return true;
  // Inside the rule editor the event's target is its shadow host; the path still names the text box.
  const target = event.composedPath()[0];
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

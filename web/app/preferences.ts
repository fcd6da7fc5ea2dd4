import { useSyncExternalStore } from "react";

export interface Preferences {
  readonly theme: "dark" | "light" | "system";
  /** Colours of profit and loss. */
  readonly palette: "green-red" | "blue-orange";
  readonly rail: "narrow" | "wide";
  /** Whether charts of a strategy show its indicators. */
  readonly indicators: "shown" | "hidden";
}

const KEY = "apextrade.preferences";
const DEFAULTS: Preferences = { theme: "dark", palette: "green-red", rail: "narrow", indicators: "shown" };

let current: Preferences = read();
const listeners = new Set<() => void>();

/** The person's settings of this browser. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}

/** Changes some settings, stores them, and shows them at once. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // A browser that refuses storage keeps the settings until the page is closed.
  }
  applyPreferences();
  for (const listener of listeners) listener();
}

/** The theme on screen: `system` looked up. */
export function useTheme(): "dark" | "light" {
  const { theme } = usePreferences();
  const system = useSyncExternalStore(subscribeSystem, systemTheme);
  return theme === "system" ? system : theme;
}

/** Writes theme and palette to the document, where the style sheet and the charts read them. */
export function applyPreferences(): void {
  const { dataset } = document.documentElement;
  dataset.theme = current.theme === "system" ? systemTheme() : current.theme;
  dataset.palette = current.palette;
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--ground").trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", colour);
}

function read(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof stored !== "object" || stored === null) return DEFAULTS;
    const { theme, palette, rail, indicators } = stored as Partial<Record<keyof Preferences, unknown>>;
    return {
      theme: theme === "light" || theme === "system" ? theme : DEFAULTS.theme,
      palette: palette === "blue-orange" ? palette : DEFAULTS.palette,
      rail: rail === "wide" ? rail : DEFAULTS.rail,
      indicators: indicators === "hidden" ? indicators : DEFAULTS.indicators,
    };
  } catch {
    return DEFAULTS;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function subscribeSystem(listener: () => void): () => void {
  const query = matchMedia("(prefers-color-scheme: light)");
  const act = () => {
    applyPreferences();
    listener();
  };
  query.addEventListener("change", act);
  return () => query.removeEventListener("change", act);
}

function systemTheme(): "dark" | "light" {
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

import type { ChartColour } from "./chart-spec.ts";

export type ColourOf = (
  name: ChartColour | "line" | "line-strong" | "surface" | "chart-grid" | "chart-up" | "chart-down",
) => string;

/** Reads colours from the page's tokens as they are now. */
export function readColours(element: Element): ColourOf {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

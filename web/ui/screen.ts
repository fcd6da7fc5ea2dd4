import { type RefObject, useEffect, useRef, useState, useSyncExternalStore } from "react";

/** Where tables become cards; the same width as the `md` breakpoint of the style sheet. */
const WIDE_QUERY = "(min-width: 48rem)";

/** Whether there is room for tables. */
export function useWideScreen(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(WIDE_QUERY).matches);
}

/** Width of a drawing before it was measured once. */
const FIRST_WIDTH_PX = 640;

/** The width of the element that the reference is put on, in CSS pixels, as it changes. */
export function useElementWidth(): readonly [RefObject<HTMLElement | null>, number] {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(FIRST_WIDTH_PX);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(1, Math.round(entry.contentRect.width))));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE_QUERY);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

import { type KeyboardEvent, useRef } from "react";

/**
 * Lets the arrow keys walk the rows of a table: each row carries `data-row`, one of them the focus. `onKey` gets other
 * keys pressed on a row with the row's index.
 */
export function useRowKeys(onKey: (key: string, index: number) => boolean) {
  const body = useRef<HTMLTableSectionElement>(null);
  function onKeyDown(event: KeyboardEvent) {
    const rows = [...(body.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    if (now < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = rows.length - 1;
    const next = { ArrowDown: Math.min(last, now + 1), ArrowUp: Math.max(0, now - 1), Home: 0, End: last }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      rows[next]?.focus();
    } else if (document.activeElement === rows[now] && onKey(event.key, now)) {
      event.preventDefault();
    }
  }
  return { body, onKeyDown };
}

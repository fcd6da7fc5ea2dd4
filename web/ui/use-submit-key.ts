import { useEffect, useRef } from "react";

/**
 * Lets Ctrl Enter (Cmd Enter on a Mac) do the one verb of a page wherever the focus is, the bare page included. A key
 * that something under the focus has used, a key held down and a page behind a dialog are left alone.
 */
export function useSubmitKey(onSubmit: () => void): void {
  const latest = useRef(onSubmit);
  useEffect(() => {
    latest.current = onSubmit;
  });
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
      if (document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      if (!event.repeat) latest.current();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

import { useEffect, useState } from "react";

// What is typed is asked for once the fingers rest.
const TYPING_MS = 300;

/** A search box over a value of the address: what is typed shows at once and is told after a rest; empty is undefined. */
export function useTypedWords(value: string, onChange: (value: string | undefined) => void) {
  const [typed, setTyped] = useState(value);
  // What the address says counts where it changed by other means, such as Clear or going back.
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed === "" ? undefined : typed), TYPING_MS);
    return () => clearTimeout(timer);
  });
  return [typed, setTyped] as const;
}

import { useEffect, useState } from "react";
import { formatAgo, formatDateTime, formatInstant } from "../format/time.ts";

/** Relative times are said to the minute, so they are looked at as often. */
const TICK_MS = 30_000;

/** An instant in the person's zone, the zone named on hover. */
export function Moment({ timeMs }: { timeMs: number }) {
  return (
    <time dateTime={new Date(timeMs).toISOString()} title={formatInstant(timeMs)} className="num whitespace-nowrap">
      {formatDateTime(timeMs)}
    </time>
  );
}

/** How long ago an instant was; counts on by itself. */
export function Ago({ timeMs }: { timeMs: number }) {
  const now = useNow(TICK_MS);
  return (
    <time dateTime={new Date(timeMs).toISOString()} title={formatInstant(timeMs)} className="num whitespace-nowrap">
      {formatAgo(timeMs, now)}
    </time>
  );
}

/** The time now, looked up again every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

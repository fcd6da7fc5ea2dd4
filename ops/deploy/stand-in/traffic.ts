import { VISITOR } from "./traffic-split.ts";

/** What people without an account ask for. */
const PATHS = [
  "/",
  "/health/live",
  "/api/v1/session",
  "/",
  "/docs",
  "/health/ready",
  "/",
  "/api/v1/strategies/language",
];
/** Visitors, each with an address of its own. */
const VISITORS = 40;

export interface Traffic {
  /** Ends it; says how many requests there were and how many of them failed, or were not answered. */
  stop(): Promise<{ readonly requests: number; readonly failed: number }>;
}

/** Sends so many requests a second, whether the last ones were answered or not: people do not wait for one another. */
export function startTraffic(origin: string, perSecond: number): Traffic {
  let requests = 0;
  let failed = 0;
  const open = new Set<Promise<void>>();
  const send = async (index: number): Promise<void> => {
    const headers = { [VISITOR]: String(index % VISITORS) };
    const signal = AbortSignal.timeout(20_000);
    try {
      const reply = await fetch(`${origin}${PATHS[index % PATHS.length]}`, { headers, signal, redirect: "manual" });
      await reply.arrayBuffer();
      if (reply.status >= 500) failed++;
    } catch {
      failed++;
    }
  };
  const timer = setInterval(() => {
    const sent = send(requests++);
    open.add(sent);
    void sent.finally(() => open.delete(sent));
  }, 1_000 / perSecond);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      return { requests, failed };
    },
  };
}

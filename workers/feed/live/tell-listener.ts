import { logEvent } from "../../platform/log-event.ts";
import { TIME_IS_UP, within } from "../../platform/within.ts";
import { LISTENER_GONE, type MarketCall, type MarketListener } from "./market-port.ts";

/** How long a market waits for one listener: a venue with thousands of orders takes a fraction of it. */
export const LISTENER_MS_MAX = 10_000;

/** What became of a call. Only `told` is certain: one that failed may have been taken in all the same. */
export type Told = "told" | "gone" | "failed";

/** Calls a listener and waits for it, with bounded time. Never throws. */
export async function tellListener(
  listen: () => MarketListener,
  call: MarketCall,
  timeoutMs: number = LISTENER_MS_MAX,
): Promise<Told> {
  try {
    if ((await within(listen().onMarket(call), timeoutMs)) !== TIME_IS_UP) return "told";
    throw new Error(`a listener must answer within ${timeoutMs} ms`);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(LISTENER_GONE)) return "gone";
    logEvent("market_listener_failed", { error });
    return "failed";
  }
}

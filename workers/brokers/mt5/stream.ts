import { z } from "zod";
import type { VenueNews } from "../venue-news.ts";
import { BridgeDeal, BridgeOrder, dealNews, MT5_PREFIX, orderOf, priceOf, readAnswer } from "./parse.ts";
import type { BridgeEvent } from "./session.ts";

/** How often a price is expected while its market is open, ms. */
export const MT5_TICK_MS = 1_000;

const Tick = z.object({
  symbol: z.string().min(1).max(64),
  bid: z.string().max(40),
  at: z.string().regex(/^\d{1,15}$/, "must be UTC ms"),
});

/** What an event of a terminal says. One that cannot be read is told as a gap, so that everything is asked for. */
export function bridgeNews({ name, content }: BridgeEvent, nowMs: number): VenueNews[] {
  try {
    switch (name) {
      case "order": {
        const order = readAnswer(BridgeOrder, content);
        return [{ type: "order", order: orderOf(order), reason: order.reason }];
      }
      case "deal": {
        const { fill, movements } = dealNews(readAnswer(BridgeDeal, content));
        const moved = movements.map((movement): VenueNews => ({ type: "movement", movement }));
        return fill === undefined ? moved : [{ type: "fill", fill }, ...moved];
      }
      case "tick": {
        const { symbol, bid, at } = readAnswer(Tick, content);
        const price = priceOf(bid);
        if (price === undefined) return [];
        const mark = { instrument: `${MT5_PREFIX}${symbol}`, price, at: Number(at), heardAt: nowMs };
        return [{ type: "mark", mark: { ...mark, intervalMs: MT5_TICK_MS } }];
      }
      case "account":
      case "state":
        return [{ type: "gap", reason: `the terminal told ${name}` }];
    }
  } catch (error) {
    return [{ type: "gap", reason: error instanceof Error ? error.message : "an event could not be read" }];
  }
}

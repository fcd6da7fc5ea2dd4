import { z } from "zod";
import { readJson } from "../request/read-json.ts";
import { readReply, readShape } from "../request/read-reply.ts";
import type { ClientOutcome, PlacedOrder } from "../venue-client.ts";
import type { VenueNews } from "../venue-news.ts";
import type { Answer } from "./connection.ts";
import { isDefinite } from "./errors.ts";
import { BinanceOrder, fillsOf, orderOf } from "./parse.ts";

const Refused = z.object({ code: z.string().max(10), msg: z.string().max(1_000) });
const Done = z.object({ cancelResponse: BinanceOrder, newOrderResponse: BinanceOrder });
const Half = z.object({
  data: z.object({
    cancelResult: z.enum(["SUCCESS", "FAILURE", "NOT_ATTEMPTED"]),
    newOrderResult: z.enum(["SUCCESS", "FAILURE", "NOT_ATTEMPTED"]),
    cancelResponse: z.unknown(),
    newOrderResponse: z.unknown(),
  }),
});

/** Codes of a change of which one part, or no part, was made. */
const PARTLY: ReadonlySet<string> = new Set(["-2021", "-2022"]);

/** The client id of an order's next version: one that no other version has, within what the venue takes. */
export function replacedId({ order }: PlacedOrder, revision: number): string {
  return `${order.id}-${revision}`;
}

/** What became of a change: the old order is canceled first, and the new one placed only if that went. */
export function replaceOutcome(
  { reply, error }: Answer,
  { order, quote, revision }: { readonly order: PlacedOrder; readonly quote: string; readonly revision: number },
): ClientOutcome {
  if (error === undefined) {
    const { cancelResponse, newOrderResponse } = readReply(reply.body, Done);
    const shown = orderOf(newOrderResponse);
    const news: VenueNews[] = [
      { type: "order", order: orderOf(cancelResponse), reason: "" },
      { type: "order", order: shown, reason: "" },
      ...fillsOf(newOrderResponse, quote).map((fill): VenueNews => ({ type: "fill", fill })),
    ];
    const venueOrderIds = new Map([[order.order.id, shown.venueOrderId]]);
    return { outcome: "ack", venueOrderIds, sentAs: replacedId(order, revision), news };
  }
  if (!PARTLY.has(error.code)) {
    const { code, message } = error;
    return error.isDefinite
      ? { outcome: "rejected", code, message, news: [] }
      : { outcome: "unknown", message, news: [] };
  }
  const { data } = readShape(readJson(reply.body), Half);
  // The old order went and the new one did not come: the order has ended, by our own wish.
  const canceled = data.cancelResult === "SUCCESS" ? readShape(data.cancelResponse, BinanceOrder) : undefined;
  const news: VenueNews[] =
    canceled === undefined ? [] : [{ type: "order", order: orderOf(canceled), reason: "REPLACE" }];
  const cause = data.newOrderResult === "NOT_ATTEMPTED" ? data.cancelResponse : data.newOrderResponse;
  const refusal = Refused.safeParse(cause);
  const isCertain =
    data.newOrderResult !== "SUCCESS" && refusal.success && isDefinite(refusal.data.code, refusal.data.msg);
  if (!isCertain) return { outcome: "unknown", message: error.message, news };
  return { outcome: "rejected", code: refusal.data.code, message: refusal.data.msg, news };
}

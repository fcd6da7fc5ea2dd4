import type { AccountMarket } from "../../schema/wire/trading.ts";
import type { DeskOrder } from "../core/order/desk-order.ts";
import type { OrderEvent } from "../core/order/order-event.ts";
import { count } from "../metrics/meter.ts";
import { logEvent } from "../platform/log-event.ts";
import type { AccountRecord } from "./account-record.ts";
import { EXTERNAL_BOT } from "./desk-account.ts";
import type { DeskMeter } from "./desk-meter.ts";

/**
 * Counts what the desk of an account writes down, and tells the log. A write that fails after this was told counts what did not come to be: the
 * object ends with it, so that this is as rare as storage that fails.
 */
export function deskMeter({ ownerId, account }: AccountRecord): DeskMeter {
  const venue = venueLabel(account.market);
  const whose = { ownerId, accountId: account.id, venue };
  return {
    event: (order, event) => {
      // What was placed elsewhere was not ours to judge, and is not our trade.
      if (order.bot === EXTERNAL_BOT) return;
      countEvent(venue, order, event);
      const code = "code" in event ? event.code : undefined;
      logEvent("order_event", { ...whose, botId: order.bot, orderId: order.id, outcome: event.type, code }, "info");
    },
    difference: () => {
      count("reconcile_differences_found_total", { venue });
      logEvent("books_differ", whose);
    },
  };
}

/** What an account's venue is called in metrics. */
export function venueLabel(market: AccountMarket) {
  switch (market.kind) {
    case "sim":
      return "SIM";
    case "replay":
      return "REPLAY";
    case "venue":
      return market.venue;
  }
}

function countEvent(venue: ReturnType<typeof venueLabel>, order: DeskOrder, event: OrderEvent): void {
  switch (event.type) {
    case "submit":
      count("orders_total", { verdict: "passed", venue });
      return;
    case "deny":
      count("orders_total", { verdict: "denied", venue });
      return;
    case "fill":
      count("trades_executed_total", { venue });
      if (order.state === "FILLED") count("order_outcomes_total", { venue, outcome: "filled" });
      return;
    case "rejected":
    case "lost":
      count("trades_failed_total", { venue, reason: event.type });
      count("order_outcomes_total", { venue, outcome: event.type });
      return;
    case "outcome-unknown":
      count("order_outcomes_total", { venue, outcome: "unknown" });
      return;
    case "accepted":
    case "canceled":
    case "expired":
      count("order_outcomes_total", { venue, outcome: event.type });
  }
}

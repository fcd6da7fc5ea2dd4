import { describe, expect, it } from "vitest";
import { NO_QUANTITY } from "../core/ledger/decimal.ts";
import type { VenueOrder } from "../core/ledger/venue-report.ts";
import { asClientOrderId, type ClientOrderId } from "../core/order/order-id.ts";
import { money, price, quantity } from "../core/testing/orders.ts";
import type { OrderToPlace } from "./broker.ts";
import { closableNow } from "./closable-now.ts";
import { JournalBooks } from "./journal-books.ts";
import { MemoryJournal } from "./memory-journal.ts";

const INSTRUMENT = "BINANCE:BTCUSDT";
const EXIT = { bot: "trend", instrument: INSTRUMENT, side: "sell" } as const;

function idOf(name: string): ClientOrderId {
  const id = asClientOrderId(name.padEnd(20, "0"));
  if (id === undefined) throw new Error(`${name} must make an id`);
  return id;
}

function orderOf(name: string, terms: Pick<OrderToPlace, "side" | "quantity"> & { bot?: string }): OrderToPlace {
  return {
    ...{ id: idOf(name), bot: "trend", instrument: INSTRUMENT, kind: "market", role: "exit" },
    ...{ limit: undefined, stop: undefined, trail: undefined, reduceOnly: false, legs: [] },
    ...terms,
  };
}

/** Books of a bot that has bought ten, and what its venue says of them. */
function stage() {
  const clock = { ms: 0 };
  const books = new JournalBooks(new MemoryJournal(), () => clock.ms);
  const place = (order: OrderToPlace) => books.begin(order);
  const show = (name: string, side: "buy" | "sell", filled: string, status: VenueOrder["status"]) => {
    const terms = { instrument: INSTRUMENT, side, quantity: quantity("4"), limit: undefined, stop: undefined };
    const order = { clientOrderId: idOf(name), venueOrderId: `v-${name}`, ...terms, filled: quantity(filled), status };
    books.take([{ type: "order", order, reason: "" }]);
  };
  const trade = (name: string, side: "buy" | "sell", traded: string) => {
    const named = { clientOrderId: idOf(name), venueOrderId: `v-${name}`, instrument: INSTRUMENT, quote: "USDT" };
    const terms = { side, quantity: quantity(traded), price: price("100"), fee: money("0"), feeCurrency: "USDT" };
    const fill = { tradeId: `t-${name}-${traded}`, ...named, ...terms, liquidity: "taker", at: 0 } as const;
    books.take([{ type: "fill", fill }]);
  };
  place(orderOf("entry", { side: "buy", quantity: quantity("10") }));
  trade("entry", "buy", "10");
  return { books, clock, place, show, trade };
}

describe("what a bot may close now", () => {
  it("is its share less what the venue says was closed and has told no trade of", () => {
    const { books, place, show, trade } = stage();
    place(orderOf("stop", { side: "sell", quantity: quantity("4") }));
    expect(closableNow(EXIT, books)).toBe(quantity("10"));
    show("stop", "sell", "1", "open");
    expect(closableNow(EXIT, books)).toBe(quantity("9"));
    show("stop", "sell", "4", "filled");
    expect(closableNow(EXIT, books)).toBe(quantity("6"));
    trade("stop", "sell", "4");
    expect(closableNow(EXIT, books)).toBe(quantity("6"));
  });

  it("is less by what an order closed untold, however many orders ended since, for an hour", () => {
    const { books, clock, place, show } = stage();
    place(orderOf("stop", { side: "sell", quantity: quantity("4") }));
    show("stop", "sell", "4", "filled");
    for (let n = 0; n < 600; n++) {
      place(orderOf(`many${n}x`, { side: "sell", quantity: quantity("4") }));
      show(`many${n}x`, "sell", "0", "canceled");
    }
    expect(closableNow(EXIT, books)).toBe(quantity("6"));
    clock.ms = 3_599_999;
    expect(closableNow(EXIT, books)).toBe(quantity("6"));
    clock.ms = 3_600_000;
    expect(closableNow(EXIT, books)).toBe(quantity("10"));
  });

  it("counts an order once that its venue refused and then shows as open and traded", () => {
    const { books, place, show } = stage();
    place(orderOf("stop", { side: "sell", quantity: quantity("4") }));
    show("stop", "sell", "0", "rejected");
    show("stop", "sell", "0", "open");
    show("stop", "sell", "2", "open");
    expect(closableNow(EXIT, books)).toBe(quantity("8"));
    const ended = books.journal.ordersEndedAfter(0).map(({ placed }) => placed.order.id);
    expect(ended).not.toContain(idOf("stop"));
    show("stop", "sell", "2", "canceled");
    expect(closableNow(EXIT, books)).toBe(quantity("8"));
  });

  it("is not less for what was bought, or for what another bot has closed", () => {
    const { books, place, show } = stage();
    place(orderOf("more", { side: "buy", quantity: quantity("4") }));
    place(orderOf("other", { side: "sell", quantity: quantity("4"), bot: "fader" }));
    show("more", "buy", "4", "filled");
    show("other", "sell", "4", "filled");
    expect(closableNow(EXIT, books)).toBe(quantity("10"));
    expect(closableNow({ ...EXIT, bot: "fader" }, books) <= NO_QUANTITY).toBe(true);
  });
});

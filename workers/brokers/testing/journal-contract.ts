import { describe, expect, it } from "vitest";
import type { VenueFill } from "../../core/ledger/venue-report.ts";
import { type ClientOrderId, clientOrderId } from "../../core/order/order-id.ts";
import { price, quantity } from "../../core/testing/orders.ts";
import type { OrderToPlace } from "../broker.ts";
import type { JournalOrder, VenueJournal } from "../venue-journal.ts";

let made = 0;

/** An order of a journal that was just sent. */
function journalOrder(parts: Partial<JournalOrder> = {}, parent?: ClientOrderId): JournalOrder {
  const id = clientOrderId({ account: "a", bot: "b", candleTime: made++, leg: "entry", ordinal: 0 });
  const order: OrderToPlace = {
    ...{ id, bot: "b", instrument: "BINANCE:BTCUSDT", side: "buy", kind: "limit", role: "entry", reduceOnly: false },
    ...{ quantity: quantity("0.00000001"), limit: price("98765.4321"), stop: undefined, trail: undefined, legs: [] },
  };
  const placed = { order, parent, venueOrderId: undefined, sentAs: id, revision: 0, sentAt: 1_700_000_000_000 };
  return {
    ...{ placed, state: "doubt", quantity: order.quantity, limit: order.limit, stop: undefined },
    ...{ filled: quantity("0"), known: quantity("0"), filledBefore: quantity("0"), pastVenueIds: [] },
    ...{ replacing: undefined, code: "", endedSequence: undefined, endedAt: undefined },
    ...parts,
  };
}

const FILL: VenueFill = {
  ...{ tradeId: "BTCUSDT:9007199254740993", clientOrderId: undefined, venueOrderId: "BTCUSDT:1", side: "buy" },
  ...{ instrument: "BINANCE:BTCUSDT", quote: "USDT", quantity: quantity("0.5"), price: price("100.10") },
  ...{ fee: quantity("0.000000000000000001") as never, feeCurrency: "BNB", liquidity: "maker", at: 1_700_000_000_001 },
};

type Use = (test: (journal: VenueJournal) => void) => Promise<void>;

/** What every journal has to do, wherever it writes. `use` hands one that is empty to a test. */
export function journalContract(name: string, use: Use): void {
  describe(name, () => {
    describeOrders(use);
    describeUntold(use);
    describeEvents(use);
  });
}

function describeOrders(use: Use): void {
  it("gives back an order as it was written, by any name that a version of it had", () =>
    use((journal) => {
      const order = journalOrder();
      const { id } = order.placed.order;
      journal.putOrder(order);
      expect(journal.order(id)).toEqual(order);
      const replacing = {
        revision: 1,
        sentAs: `${id}-1`,
        quantity: quantity("2"),
        limit: price("3"),
        stop: undefined,
      };
      const named = { ...order.placed, venueOrderId: "BTCUSDT:2" };
      const changing = {
        ...order,
        placed: named,
        pastVenueIds: ["BTCUSDT:1"],
        replacing: { ...replacing, askedAt: 1, oldEnd: undefined },
      };
      journal.putOrder(changing);
      for (const sentAs of [id, `${id}-1`]) expect(journal.orderSentAs(sentAs)?.placed.order.id).toBe(id);
      for (const venueId of ["BTCUSDT:1", "BTCUSDT:2"]) expect(journal.orderOfVenue(venueId)).toEqual(changing);
      expect(journal.orderOfVenue("BTCUSDT:3")).toBeUndefined();
    }));

  it("lists open orders and those that ended after an event, in the order in which they were sent", () =>
    use((journal) => {
      const orders = [journalOrder(), journalOrder({ state: "open" }), journalOrder({ state: "open" })];
      for (const order of orders) journal.putOrder(order);
      const ids = (listed: readonly JournalOrder[]) => listed.map(({ placed }) => placed.order.id);
      expect(ids(journal.openOrders())).toEqual(ids(orders));
      journal.putOrder({ ...orders[0], state: "filled", endedSequence: 4, endedAt: 1 });
      journal.putOrder({ ...orders[2], state: "canceled", endedSequence: 2, endedAt: 1 });
      expect(ids(journal.openOrders())).toEqual(ids([orders[1]]));
      expect(ids(journal.ordersEndedAfter(1))).toEqual(ids([orders[0], orders[2]]));
      expect(ids(journal.ordersEndedAfter(2))).toEqual(ids([orders[0]]));
      // An order that is open again is listed once.
      journal.putOrder({ ...orders[2], endedSequence: undefined, endedAt: undefined });
      expect(ids(journal.ordersEndedAfter(1))).toEqual(ids([orders[0]]));
      const leg = journalOrder({}, orders[1].placed.order.id);
      journal.putOrder(leg);
      expect(ids(journal.legsOf(orders[1].placed.order.id))).toEqual(ids([leg]));
    }));
}

function describeUntold(use: Use): void {
  it("lists orders that are open no more and traded more than was told, until it was", () =>
    use((journal) => {
      const traded = { filled: quantity("10"), known: quantity("9.5") };
      const ended = { state: "filled", endedSequence: 1, endedAt: 1 } as const;
      const orders = [{ ...traded, ...ended }, { ...traded, state: "open" } as const, ended].map((parts) =>
        journalOrder(parts),
      );
      for (const order of orders) journal.putOrder(order);
      expect(journal.endedUntold()).toEqual([orders[0]]);
      journal.putOrder({ ...orders[0], known: quantity("10") });
      expect(journal.endedUntold()).toEqual([]);
    }));
}

function describeEvents(use: Use): void {
  it("takes a trade once, and gives it back as it was", () =>
    use((journal) => {
      expect(journal.addEntry("fill:1", { fill: FILL })).toBe(1);
      expect(journal.addEntry("fill:1", { fill: FILL })).toBeUndefined();
      const movement = { type: "deposit", id: "d", at: 1, currency: "USDT", amount: quantity("5") as never } as const;
      expect(journal.addEntry("d", { movement })).toBe(2);
      expect(journal.lastEntry()).toBe(2);
      expect(journal.entry(1)).toEqual({ fill: FILL });
      expect(journal.entriesAfter(1, 10)).toEqual([{ number: 2, value: { movement } }]);
      expect(journal.entriesAfter(0, 1)).toHaveLength(1);
    }));

  it("numbers events without a gap, also where a write of them failed", () =>
    use((journal) => {
      const { id } = journalOrder().placed.order;
      expect(journal.lastEvent()).toBe(0);
      journal.addEvent({ type: "accepted", id, venueOrderId: "1" });
      expect(() =>
        journal.transaction(() => {
          journal.addEvent({ type: "rejected", id, code: "X" });
          journal.write("mark:a", "text");
          journal.addEntry("fill:2", { fill: FILL });
          journal.putOrder(journalOrder());
          throw new Error("it ends here");
        }),
      ).toThrow("it ends here");
      expect([journal.read("mark:a"), journal.openOrders(), journal.lastEntry()]).toEqual([undefined, [], 0]);
      journal.addEvent({ type: "canceled", id, filled: quantity("1.5"), reason: "linked" });
      expect(journal.eventsAfter(0, 10)).toEqual([
        { number: 1, value: { type: "accepted", id, venueOrderId: "1" } },
        { number: 2, value: { type: "canceled", id, filled: quantity("1.5"), reason: "linked" } },
      ]);
    }));

  it("keeps texts by name, and lists those of a kind", () =>
    use((journal) => {
      for (const name of ["mark:b", "mark:a", "marks", "held:x"]) journal.write(name, name);
      journal.write("mark:a", "again");
      expect([...journal.readAll("mark:")]).toEqual([
        ["mark:a", "again"],
        ["mark:b", "mark:b"],
      ]);
      expect(journal.read("none")).toBeUndefined();
    }));
}

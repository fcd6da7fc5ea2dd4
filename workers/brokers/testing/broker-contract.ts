import { describe, expect, it } from "vitest";
import { add, type Money, negate, notional, type Price, type Quantity, subtract } from "../../core/ledger/decimal.ts";
import { parsePrice, parseQuantity } from "../../core/ledger/decimal-text.ts";
import type { VenueFill } from "../../core/ledger/venue-report.ts";
import { allEvents, bracketFor, type ContractVenue, freshId, orderFor, typesOf, venueIds } from "./contract-venue.ts";

/** What trades cost in the currency of the account. */
function spent(fills: readonly VenueFill[], currency: string): Money {
  return fills.reduce((sum, { side, price, quantity, fee, feeCurrency }) => {
    const value = notional(price, quantity, "half-even");
    const cost = feeCurrency === currency ? fee : (0n as Money);
    return add(add(sum, side === "buy" ? value : negate(value)), cost);
  }, 0n as Money);
}

/** What a venue cannot do: those parts of the contract are passed over, and named as such. */
interface ContractLacks {
  /** A leg cannot be canceled or changed without its sibling. */
  readonly legsApart?: true;
  readonly legs?: true;
  readonly replace?: true;
}

/**
 * What every venue has to do. `open` makes one with money, whose market has traded at 100; orders at the market may trade
 * at once or with the next price.
 */
export function brokerContract(name: string, open: () => Promise<ContractVenue>, lacks: ContractLacks = {}): void {
  describe(`${name} as a broker`, () => {
    describePlacing(open);
    describeEnding(open);
    describe.skipIf(lacks.replace)("that can change orders", () => describeReplacing(open));
    describe.skipIf(lacks.legs)("that has legs", () => describeLegs(open));
    describe.skipIf(lacks.legs || lacks.legsApart)("whose legs stand apart", () => describeLegsApart(open));
    describeReports(open);
  });
}

function describePlacing(open: () => Promise<ContractVenue>): void {
  it("acknowledges an order with the venue's name for it, and shows it until it ends", async () => {
    const venue = await open();
    const order = orderFor(venue, { kind: "limit", limit: "90" });
    const [venueOrderId] = venueIds(await venue.broker.place(order));
    await venue.disturb();
    const shown = await venue.broker.order(order.id);
    expect(shown).toMatchObject({ clientOrderId: order.id, venueOrderId, side: "buy", status: "open", filled: 0n });
    expect([shown?.quantity, shown?.limit, shown?.stop]).toEqual([order.quantity, order.limit, undefined]);
    expect(await allEvents(venue.broker)).toContainEqual({
      sequence: expect.any(Number),
      type: "accepted",
      id: order.id,
      venueOrderId,
    });
  });

  it("takes the same order twice as one", async () => {
    const venue = await open();
    const order = orderFor(venue);
    const first = venueIds(await venue.broker.place(order));
    await venue.disturb();
    expect(venueIds(await venue.broker.place(order))).toEqual(first);
    await venue.trade(101);
    expect(venueIds(await venue.broker.place(order))).toEqual(first);
    await venue.trade(102);
    expect(typesOf(await allEvents(venue.broker), order.id)).toEqual(["accepted", "fill"]);
    const { report } = await venue.broker.report("");
    expect(report.fills).toHaveLength(1);
    expect(report.orders.filter(({ clientOrderId: id }) => id === order.id)).toHaveLength(1);
  });

  it("rejects for certain what it cannot trade, again and again, and says so of the order", async () => {
    const venue = await open();
    const order = orderFor({ ...venue, instrument: "NOWHERE:XYZ" });
    const outcome = await venue.broker.place(order);
    expect(outcome).toMatchObject({ outcome: "rejected", code: expect.any(String) });
    await venue.disturb();
    expect(await venue.broker.place(order)).toMatchObject({ outcome: "rejected" });
    expect(await venue.broker.order(order.id)).toMatchObject({ status: "rejected" });
    expect(typesOf(await allEvents(venue.broker), order.id)).toEqual(["rejected"]);
    const { report, cursor } = await venue.broker.report("");
    expect(report.orders).toMatchObject([{ clientOrderId: order.id, status: "rejected" }]);
    expect((await venue.broker.report(cursor)).report.orders).toEqual([]);
  });

  it("shows nothing of an order that it never got", async () => {
    const venue = await open();
    expect(await venue.broker.order(freshId(venue.bot))).toBeUndefined();
    expect(await venue.broker.cancel(freshId(venue.bot), undefined)).toMatchObject({ outcome: "rejected" });
  });

  it("lets an order that may only reduce open nothing", async () => {
    const venue = await open();
    const order = orderFor(venue, { side: "sell", role: "exit", reduceOnly: true });
    await venue.broker.place(order);
    await venue.trade(100);
    // Some venues take it and cancel what is left, others refuse it.
    const ended = await venue.broker.order(order.id);
    expect(ended).toMatchObject({ status: expect.stringMatching(/^(canceled|rejected)$/), filled: 0n });
    expect((await venue.broker.report("")).report.positions?.size).toBe(0);
  });
}

function describeEnding(open: () => Promise<ContractVenue>): void {
  it("ends a canceled order before it answers, and trades it no more", async () => {
    const venue = await open();
    const order = orderFor(venue, { kind: "limit", limit: "95" });
    const [venueOrderId] = venueIds(await venue.broker.place(order));
    await venue.disturb();
    expect(venueIds(await venue.broker.cancel(order.id, venueOrderId))).toEqual([venueOrderId]);
    await venue.disturb();
    await venue.trade(90);
    expect(await venue.broker.order(order.id)).toMatchObject({ status: "canceled", filled: 0n });
    const canceled = (await allEvents(venue.broker)).find(({ type }) => type === "canceled");
    expect(canceled).toMatchObject({ id: order.id, filled: 0n });
  });

  it("refuses to cancel what has filled, and changes nothing by it", async () => {
    const venue = await open();
    const order = orderFor(venue);
    await venue.broker.place(order);
    await venue.trade(100);
    const before = await allEvents(venue.broker);
    expect(await venue.broker.cancel(order.id, undefined)).toMatchObject({ outcome: "rejected" });
    expect(await venue.broker.order(order.id)).toMatchObject({ status: "filled", filled: order.quantity });
    expect(await allEvents(venue.broker)).toEqual(before);
  });
}

function describeReplacing(open: () => Promise<ContractVenue>): void {
  it("trades a replaced order on its new terms, and takes the same revision twice as one", async () => {
    const venue = await open();
    const order = orderFor(venue, { kind: "limit", limit: "90" });
    await venue.broker.place(order);
    const terms = { quantity: parseQuantity("2", "quantity"), limit: parsePrice("99", "limit"), stop: undefined };
    venueIds(await venue.broker.replace(order.id, 1, terms));
    await venue.disturb();
    venueIds(await venue.broker.replace(order.id, 1, terms));
    expect(await venue.broker.order(order.id)).toMatchObject({ quantity: terms.quantity, limit: terms.limit });
    await venue.trade(98);
    expect(await venue.broker.order(order.id)).toMatchObject({ status: "filled", filled: terms.quantity });
    expect(typesOf(await allEvents(venue.broker), order.id)).toEqual(["accepted", "replaced", "fill"]);
  });

  it("refuses to replace what has ended, and tells the revision", async () => {
    const venue = await open();
    const order = orderFor(venue);
    await venue.broker.place(order);
    await venue.trade(100);
    const terms = { quantity: parseQuantity("2", "quantity"), limit: undefined, stop: undefined };
    expect(await venue.broker.replace(order.id, 1, terms)).toMatchObject({ outcome: "rejected" });
    const told = (await allEvents(venue.broker)).at(-1);
    expect(told).toMatchObject({ type: "replace-rejected", id: order.id, revision: 1 });
  });
}

function describeLegs(open: () => Promise<ContractVenue>): void {
  it("wakes legs with the fill of their order, and ends one with the fill of the other", async () => {
    const venue = await open();
    const bracket = bracketFor(venue, { stop: "95", target: "105" });
    const [stop, target] = bracket.legs;
    expect(venueIds(await venue.broker.place(bracket))).toHaveLength(3);
    await venue.trade(100);
    await venue.disturb();
    for (const leg of [stop, target]) expect(await venue.broker.order(leg.id)).toMatchObject({ status: "open" });
    await venue.trade(106);
    expect(await venue.broker.order(target.id)).toMatchObject({ status: "filled", filled: target.quantity });
    expect(await venue.broker.order(stop.id)).toMatchObject({ status: "canceled", filled: 0n });
    const ended = (await allEvents(venue.broker)).find((event) => event.type === "canceled");
    expect(ended).toMatchObject({ id: stop.id, reason: "linked" });
    await venue.trade(90);
    expect((await venue.broker.report("")).report.positions?.size).toBe(0);
  });

  it("ends legs whose order ends without a fill", async () => {
    const venue = await open();
    const leg = orderFor(venue, { side: "sell", kind: "stop", role: "stop", stop: "80", reduceOnly: true });
    const order = orderFor(venue, { kind: "limit", limit: "90", legs: [leg] });
    await venue.broker.place(order);
    await venue.broker.cancel(order.id, undefined);
    expect(await venue.broker.order(leg.id)).toMatchObject({ status: "canceled" });
    await venue.trade(85);
    await venue.trade(75);
    expect((await venue.broker.report("")).report.fills).toEqual([]);
  });
}

function describeLegsApart(open: () => Promise<ContractVenue>): void {
  it("keeps the other leg when one is canceled or replaced", async () => {
    const venue = await open();
    const bracket = bracketFor(venue, { stop: "95", target: "105" });
    const [stop, target] = bracket.legs;
    await venue.broker.place(bracket);
    venueIds(await venue.broker.cancel(target.id, undefined));
    await venue.trade(100);
    await venue.disturb();
    const terms = { quantity: stop.quantity, limit: undefined, stop: parsePrice("97", "stop") };
    venueIds(await venue.broker.replace(stop.id, 1, terms));
    await venue.trade(106);
    expect(await venue.broker.order(stop.id)).toMatchObject({ status: "open", stop: terms.stop });
    await venue.trade(96);
    expect(await venue.broker.order(stop.id)).toMatchObject({ status: "filled" });
  });
}

function describeReports(open: () => Promise<ContractVenue>): void {
  it("numbers what happens without a gap, from whatever event one asks", async () => {
    const venue = await open();
    for (let i = 0; i < 3; i++) {
      await venue.broker.place(orderFor(venue));
      await venue.trade(100 + i);
      await venue.disturb();
    }
    const events = await allEvents(venue.broker);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    for (const from of [1, 3, events.length]) {
      expect((await venue.broker.events(from)).events).toEqual(events.slice(from));
    }
    expect((await venue.broker.events(0)).marks).toMatchObject([{ instrument: venue.instrument }]);
  });

  it("reports each trade once by its cursor, and money and positions that agree with all of them", async () => {
    const venue = await open();
    const fills: VenueFill[] = [];
    let cursor = "";
    let money: Money = 0n as Money;
    for (const side of ["buy", "buy", "sell"] as const) {
      const role = side === "sell" ? "exit" : "entry";
      await venue.broker.place(
        orderFor(venue, { side, role, reduceOnly: side === "sell", quantity: venue.isWhole ? "3" : "1.5" }),
      );
      await venue.trade(100.25);
      await venue.disturb();
      const answer = await venue.broker.report(cursor);
      cursor = answer.cursor;
      const { report } = answer;
      fills.push(...report.fills);
      const [[currency, balance]] = [...(report.balances ?? [])];
      for (const movement of report.movements) {
        if (movement.type === "deposit" && movement.currency === currency) money = add(money, movement.amount);
      }
      expect(report.fillsComplete).toBe(true);
      expect(balance).toBe(subtract(money, spent(fills, currency)));
      const held = fills.reduce((sum, fill) => sum + (fill.side === "buy" ? fill.quantity : -fill.quantity), 0n);
      expect(report.positions?.get(venue.instrument)).toBe(held as Quantity);
    }
    expect(new Set(fills.map(({ tradeId }) => tradeId)).size).toBe(3);
    expect(fills.every(({ price }) => price > (100n as Price))).toBe(true);
    expect((await venue.broker.report(cursor)).report.fills).toEqual([]);
  });

  it("reports orders that are open each time, and those that ended once", async () => {
    const venue = await open();
    const resting = orderFor(venue, { kind: "limit", limit: "80" });
    const done = orderFor(venue);
    await venue.broker.place(resting);
    await venue.broker.place(done);
    const first = await venue.broker.report("");
    await venue.trade(100);
    const second = await venue.broker.report(first.cursor);
    const told = [...first.report.orders, ...second.report.orders];
    // A venue may fill an order at the market as soon as it gets it: then the first report tells it.
    const ends = told.filter(({ clientOrderId, status }) => clientOrderId === done.id && status !== "open");
    expect(ends).toMatchObject([{ status: "filled", filled: done.quantity }]);
    const rests = told.filter(({ clientOrderId }) => clientOrderId === resting.id);
    expect(rests.map(({ status }) => status)).toEqual(["open", "open"]);
    expect((await venue.broker.report(second.cursor)).report.orders).toMatchObject([{ clientOrderId: resting.id }]);
  });
}

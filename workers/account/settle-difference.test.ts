import { describe, expect, it } from "vitest";
import { cashOf, ledgerFaults, standingOf } from "../core/ledger/ledger.ts";
import type { PositionAdjusted } from "../core/ledger/ledger-event.ts";
import { quantityOf } from "../core/ledger/position.ts";
import type { VenueFill, VenueReport } from "../core/ledger/venue-report.ts";
import { fillOf, money, price, quantity } from "../core/testing/orders.ts";
import { BTC } from "../core/testing/risk-books.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import { CUTS_KEPT } from "./desk-record.ts";
import { shownHalts } from "./open-differences.ts";
import { settleDifference } from "./settle-difference.ts";
import { fillEvent, intent, NOW, newDesk, ScriptedBroker, told } from "./testing/scripted-desk.ts";

const WHY = { reason: "sold by hand at the venue", entryId: "adjustment:1" };
const POSITION = { ...WHY, code: "POSITION_DIFFERS", unit: BTC } as const;
const BALANCE = { ...WHY, code: "BALANCE_DIFFERS", unit: "USD" } as const;

/** A sale at the venue that is told late. */
const LATE: VenueFill = {
  ...{ ...fillOf("late", "3"), clientOrderId: undefined, venueOrderId: "v-late" },
  ...{ instrument: BTC, quote: "USD", side: "sell" },
};

/** A desk whose bot bought ten; `said` is what its venue tells from now on. */
async function deskAt(said: { positions?: VenueReport["positions"]; balances?: VenueReport["balances"] }) {
  const broker = new ScriptedBroker();
  const report = broker.report.bind(broker);
  const { desk, disk } = await newDesk({ broker });
  const { order } = await desk.submit("bot_1", intent());
  await desk.hear(told([fillEvent(1, order.order.id)]));
  broker.report = async () => {
    const answer = await report();
    return { ...answer, report: { ...answer.report, positions: said.positions, balances: said.balances } };
  };
  for (let look = 0; look < 3; look++) await desk.sweepNow();
  const books = () => desk.books.scope(ACCOUNT_SCOPE);
  const held = () => [...books().ledger.positions.values()].map(quantityOf);
  const standing = () => standingOf(books().ledger, "USD", desk.books.marks());
  return { desk, broker, disk, books, held, standing };
}

describe("a difference that a person settles", () => {
  it("puts the position where the venue has it, without a profit", async () => {
    const { desk, held, standing, books } = await deskAt({ positions: new Map([[BTC, quantity("7")]]) });
    const before = standing();
    expect(settleDifference(desk, { ...POSITION, difference: "-3" })).toBe("settled");
    expect(held()).toEqual([quantity("7")]);
    const after = standing();
    expect(after.equity - after.netDeposits).toBe(before.equity - before.netDeposits);
    expect(after.cash).toBe(before.cash);
    expect(ledgerFaults(books().ledger)).toEqual([]);
  });

  it("takes from a bot's share what is no longer there, halts the bot, and asks its orders to go", async () => {
    const { desk, broker } = await deskAt({ positions: new Map([[BTC, quantity("7")]]) });
    const resting = { kind: "limit", limit: "90", quantity: "1", candleTime: NOW + 60_000 } as const;
    desk.switches.set({ kind: "instrument", instrument: BTC }, "ACTIVE", "by hand");
    const { order } = (await desk.submit("bot_1", intent(resting))).order;
    const { instrument, side, quantity: whole } = order;
    const shown = {
      ...{ instrument, side, quantity: whole, limit: order.limit, stop: undefined },
      status: "open",
    } as const;
    broker.orders = [{ ...shown, clientOrderId: order.id, venueOrderId: `v-${order.id}`, filled: quantity("0") }];
    for (let look = 0; look < 3; look++) await desk.sweepNow();
    expect(shownHalts(desk.books)[0]?.figures?.shares).toEqual([{ botId: "bot_1", before: "10", after: "7" }]);
    const changes: unknown[] = [];
    const before = desk.books.scope("bot_1");
    const worth = () => standingOf(desk.books.scope("bot_1").ledger, "USD", desk.books.marks());
    const { equity, netDeposits } = worth();
    const { books, cancels } = desk;
    const call = { ...POSITION, difference: "-3" };
    expect(settleDifference({ books, cancels, changeShares: (all) => changes.push(...all) }, call)).toBe("settled");
    const after = desk.books.scope("bot_1");
    expect([...after.ledger.positions.values()].map(quantityOf)).toEqual([quantity("7")]);
    expect(worth().equity - worth().netDeposits).toBe(equity - netDeposits);
    expect([before.trading.state, after.trading]).toMatchObject(["ACTIVE", { state: "HALTED", reason: "SHARE_CUT" }]);
    expect(desk.books.order(order.id)?.order.cancelRequested).toBe(true);
    expect(changes).toEqual([{ bot: "bot_1", instrument: BTC, by: -quantity("3") }]);
    const cut = { number: NOW, bot: "bot_1", instrument: BTC, side: "sell", quantity: "3", price: "100", at: NOW };
    expect(desk.books.record.cuts).toEqual([cut]);
    expect(desk.books.record.alerts[0]).toMatchObject({ code: "SHARE_CUT", botId: "bot_1", stopped: "bot_1" });
    await cancels.drain();
    expect(broker.canceled).toEqual([order.id]);
  });

  it("keeps what each of many bots lost until it has heard of it, under numbers above all that were given out", async () => {
    const { desk } = await deskAt({ positions: new Map([[BTC, quantity("0")]]) });
    const names = Array.from({ length: 60 }, (_, at) => `bot_many_${at}`);
    const buy = (bot: string): PositionAdjusted => {
      const id = `bought:${bot}`;
      const terms = {
        instrument: BTC,
        quote: "USD",
        side: "buy",
        quantity: quantity("1"),
        price: price("100"),
      } as const;
      return { type: "position-adjustment", id, at: NOW, reason: "bought", ...terms };
    };
    const old = { bot: "bot_1", instrument: BTC, side: "sell", quantity: "1", price: "100", at: NOW - 1 } as const;
    desk.books.write(() => {
      for (const bot of names) desk.books.book(buy(bot), bot);
      desk.books.note({ cuts: Array.from({ length: CUTS_KEPT + 1 }, (_, number) => ({ ...old, number })) });
    });
    for (let look = 0; look < 3; look++) await desk.sweepNow();
    expect(settleDifference(desk, { ...POSITION, difference: "-70" })).toBe("settled");
    const { cuts } = desk.books.record;
    for (const bot of names) expect(cuts.filter((cut) => cut.bot === bot)).toMatchObject([{ quantity: "1" }]);
    const first = cuts.filter(({ bot }) => bot === "bot_1");
    expect(first).toHaveLength(CUTS_KEPT);
    expect(first.at(-1)).toMatchObject({ quantity: "10" });
    const numbers = cuts.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(Math.min(...numbers.slice(-61))).toBeGreaterThanOrEqual(NOW);
  });

  it("is refused where other shares would shrink than whoever decides has seen, or by something else", async () => {
    const { desk, held } = await deskAt({ positions: new Map([[BTC, quantity("7")]]) });
    const call = { ...POSITION, difference: "-3" };
    const seen = [{ botId: "bot_1", before: "10", after: "7" }];
    expect(settleDifference(desk, { ...call, shares: [] })).toBe("moved");
    expect(settleDifference(desk, { ...call, shares: [{ botId: "bot_1", before: "10", after: "8" }] })).toBe("moved");
    expect(settleDifference(desk, { ...call, shares: [{ botId: "bot_2", before: "10", after: "7" }] })).toBe("moved");
    expect(held()).toEqual([quantity("10")]);
    expect(settleDifference(desk, { ...call, shares: seen })).toBe("settled");
  });

  it("takes what is no bot's first: no bot halts for what its owner held beside it", async () => {
    const { desk, held } = await deskAt({ positions: new Map([[BTC, quantity("10")]]) });
    desk.books.write(() => desk.books.fill({ ...LATE, tradeId: "owner", side: "buy" }, undefined));
    for (let look = 0; look < 3; look++) await desk.sweepNow();
    expect(held()).toEqual([quantity("13")]);
    expect(settleDifference(desk, { ...POSITION, difference: "-3" })).toBe("settled");
    expect(held()).toEqual([quantity("10")]);
    expect([...desk.books.scope("bot_1").ledger.positions.values()].map(quantityOf)).toEqual([quantity("10")]);
    expect(desk.books.scope("bot_1").trading.state).toBe("ACTIVE");
    expect(desk.books.record.cuts).toEqual([]);
  });

  it("puts the balance where the venue has it, as money that came or went", async () => {
    const { desk, books, standing } = await deskAt({ balances: new Map([["USD", money("90000")]]) });
    const [halt] = shownHalts(desk.books);
    const before = standing();
    expect(settleDifference(desk, { ...BALANCE, difference: String(halt?.figures?.difference) })).toBe("settled");
    expect(cashOf(books().ledger, "USD")).toBe(money("90000"));
    const after = standing();
    expect(after.equity - after.netDeposits).toBe(before.equity - before.netDeposits);
  });

  it("is no longer listed, does not come back, and what it halted stays halted until it is armed", async () => {
    const { desk } = await deskAt({ positions: new Map([[BTC, quantity("7")]]) });
    settleDifference(desk, { ...POSITION, difference: "-3" });
    for (let look = 0; look < 3; look++) await desk.sweepNow();
    expect(shownHalts(desk.books)).toEqual([]);
    expect(desk.books.record.instruments[BTC]?.state).toBe("HALTED");
    expect(settleDifference(desk, { ...POSITION, difference: "-3" })).toBe("unknown");
  });

  it("changes nothing where it is not the one that the person saw", async () => {
    const { desk, held } = await deskAt({ positions: new Map([[BTC, quantity("7")]]) });
    expect(settleDifference(desk, { ...POSITION, difference: "-2" })).toBe("moved");
    expect(settleDifference(desk, { ...POSITION, unit: "X:OTHER", difference: "-3" })).toBe("unknown");
    expect(settleDifference(desk, { ...BALANCE, difference: "-3" })).toBe("unknown");
    expect(held()).toEqual([quantity("10")]);
    expect(shownHalts(desk.books)).toHaveLength(1);
  });

  it("is refused where the two sides agree by now: there is nothing to take over", async () => {
    const said = { positions: new Map([[BTC, quantity("7")]]) };
    const { desk, held } = await deskAt(said);
    said.positions.set(BTC, quantity("10"));
    await desk.sweepNow();
    expect(settleDifference(desk, { ...POSITION, difference: "0" })).toBe("moved");
    expect(held()).toEqual([quantity("10")]);
  });

  it("is refused where a trade that came late may explain it: with the comparison, or after it", async () => {
    const { desk, broker, held } = await deskAt({ positions: new Map([[BTC, quantity("7")]]) });
    broker.fills = [LATE];
    await desk.sweepNow();
    expect(settleDifference(desk, { ...POSITION, difference: "-3" })).toBe("moved");
    expect(held()).toEqual([quantity("7")]);
    await desk.sweepNow();
    expect(shownHalts(desk.books)).toMatchObject([{ figures: { ours: "7", theirs: "7", difference: "0" } }]);

    const other = await deskAt({ positions: new Map([[BTC, quantity("7")]]) });
    other.desk.books.write(() => other.desk.books.fill(LATE, undefined));
    expect(settleDifference(other.desk, { ...POSITION, difference: "-3" })).toBe("moved");
    expect(other.held()).toEqual([quantity("7")]);
  });

  it("is refused where money came late with the comparison", async () => {
    const { desk, broker, books } = await deskAt({ balances: new Map([["USD", money("100500")]]) });
    const difference = String(shownHalts(desk.books)[0]?.figures?.difference);
    const amount = money(difference);
    broker.deposits = [{ type: "deposit", id: "deposit:late", at: NOW, currency: "USD", amount }];
    await desk.sweepNow();
    expect(settleDifference(desk, { ...BALANCE, difference })).toBe("moved");
    expect(cashOf(books().ledger, "USD")).toBe(money("100500"));
  });

  it("waits for orders in doubt: their trades would be booked besides", async () => {
    const { desk, broker } = await deskAt({ positions: new Map([[BTC, quantity("7")]]) });
    desk.switches.set({ kind: "instrument", instrument: BTC }, "ACTIVE", "by hand");
    broker.outcome = () => ({ outcome: "unknown", message: "no answer" });
    await desk.submit("bot_1", intent({ candleTime: NOW + 60_000, quantity: "1" }));
    for (let look = 0; look < 3; look++) await desk.sweepNow();
    expect(settleDifference(desk, { ...POSITION, difference: "-3" })).toBe("in-doubt");
  });

  it("is refused by a process that has not compared anything yet", async () => {
    const { broker, disk } = await deskAt({ positions: new Map([[BTC, quantity("7")]]) });
    const next = (await newDesk({ disk, broker })).desk;
    expect(settleDifference(next, { ...POSITION, difference: "-3" })).toBe("moved");
    await next.sweepNow();
    expect(settleDifference(next, { ...POSITION, difference: "-3" })).toBe("settled");
  });

  it("is refused where no price of the instrument is known", async () => {
    const { desk } = await deskAt({
      positions: new Map([
        ["X:ETH", quantity("2")],
        [BTC, quantity("10")],
      ]),
    });
    expect(settleDifference(desk, { ...POSITION, unit: "X:ETH", difference: "2" })).toBe("no-price");
    expect(shownHalts(desk.books)).toHaveLength(1);
  });
});

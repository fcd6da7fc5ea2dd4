import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS, type RunDefinition } from "../../core/engine/settings.ts";
import type { Money } from "../../core/ledger/decimal.ts";
import { toDouble } from "../../core/ledger/decimal-double.ts";
import { formatDecimal, parsePrice, parseQuantity } from "../../core/ledger/decimal-text.ts";
import { BUSY } from "../../core/testing/busy-strategy.ts";
import { runStory } from "../../core/testing/parity.ts";
import { randomCandles } from "../../core/testing/random-candles.ts";
import { freeInstrument } from "../../core/testing/runs.ts";
import type { MarketCall, MarketListener } from "../../feed/live/market-port.ts";
import type { VenueTold } from "../broker.ts";
import { BotOnBroker } from "../testing/bot-on-broker.ts";
import { brokerContract } from "../testing/broker-contract.ts";
import { allEvents, bracketFor, type ContractVenue, orderFor } from "../testing/contract-venue.ts";
import { paperBroker } from "./paper-broker.ts";
import type { PaperFault } from "./paper-fault.ts";
import type { PaperVenueObject } from "./paper-object.ts";
import type { PaperAccount, PaperBookTerms, PaperVenueCalls } from "./paper-terms.ts";

const OWNER = "usr_paper";
const BOT = "bot_1";
const START = Date.UTC(2026, 0, 5);
const INSTRUMENT = { ...freeInstrument("AAA"), tick: 0.01, lot: 0.001 };

const ACCOUNT: PaperAccount = {
  accountId: "acc_1",
  currency: "USD",
  cash: "100000",
  rules: {
    fees: { maker: 0.001, taker: 0.002, perUnit: 0, minimum: 0 },
    slippage: { kind: "bps", bps: 1 },
    latencyMs: 0,
  },
  listener: "",
  instruments: [INSTRUMENT],
};

const TERMS: PaperBookTerms = {
  bot: BOT,
  cash: "10000",
  instruments: [INSTRUMENT],
  leverage: 1,
  maintenance: 0.005,
  whenShort: "refuse",
  remainder: "carry",
  touch: false,
  path: "nearest",
};

let venues = 0;

interface TestVenue extends ContractVenue {
  readonly stub: DurableObjectStub<PaperVenueObject>;
  readonly calls: PaperVenueCalls & MarketListener;
  meet(call: Partial<MarketCall> & { price: number; volume?: number }): Promise<void>;
  faults(...list: PaperFault[]): Promise<void>;
}

async function openVenue(
  change: { account?: Partial<PaperAccount>; terms?: Partial<PaperBookTerms> } = {},
): Promise<TestVenue> {
  const stub = env.PAPER.getByName(`paper test ${venues++}`);
  const calls = stub as unknown as PaperVenueCalls & MarketListener;
  await calls.openAccount({ ownerId: OWNER, account: { ...ACCOUNT, ...change.account } });
  await calls.openBook({ ownerId: OWNER, terms: { ...TERMS, ...change.terms } });
  let ticks = 0;
  const meet = async ({ price, volume = 1_000, ...call }: Partial<MarketCall> & { price: number; volume?: number }) => {
    const time = START + ticks++ * 1_000;
    const slice = {
      instrument: INSTRUMENT.id,
      time,
      spanMs: 1_000,
      open: price,
      high: price,
      low: price,
      close: price,
      volume,
    };
    await calls.onMarket({ sequence: ticks, slices: [slice], marketAt: time + 1_000, intervalMs: 1_000, ...call });
  };
  await meet({ price: 100 });
  return {
    broker: paperBroker(calls, OWNER),
    bot: BOT,
    instrument: INSTRUMENT.id,
    stub,
    calls,
    meet,
    trade: (price) => meet({ price }),
    disturb: () => evictDurableObject(stub),
    faults: (...faults) => calls.setFaults({ ownerId: OWNER, faults }),
  };
}

/** What a call fails with: a promise of another object must be awaited where it was made. */
async function failureOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "nothing";
}

brokerContract("the paper venue", openVenue);

/** A candle of a minute at one price. */
function minute(instrument: string, price: number) {
  return { instrument, spanMs: 60_000, open: price, high: price, low: price, close: price, volume: 1_000 };
}

describe("the paper venue of an account", () => {
  it("is nobody else's", async () => {
    const { calls } = await openVenue();
    expect(await failureOf(async () => await calls.report({ ownerId: "usr_other", cursor: "" }))).toContain(
      "the owner's",
    );
    expect(await failureOf(async () => await calls.openAccount({ ownerId: "usr_other", account: ACCOUNT }))).toContain(
      "the owner's",
    );
  });

  it("meets the same call of the market once", async () => {
    const venue = await openVenue();
    const order = orderFor(venue, { kind: "limit", limit: "99", quantity: "10" });
    await venue.broker.place(order);
    const slice = { instrument: venue.instrument, time: START + 50_000, spanMs: 0, volume: 10 };
    const call = {
      sequence: 50,
      slices: [{ ...slice, open: 98, high: 98, low: 98, close: 98 }],
      marketAt: START + 51_000,
      intervalMs: 1_000,
    };
    await venue.calls.onMarket(call);
    const before = await allEvents(venue.broker);
    await venue.disturb();
    await venue.calls.onMarket(call);
    expect(await allEvents(venue.broker)).toEqual(before);
    expect(before.filter(({ type }) => type === "fill")).toHaveLength(1);
  });

  it("holds prices that lead to nothing in memory, and an eviction that forgets them changes no trade", async () => {
    const venue = await openVenue();
    const stored = () =>
      runInDurableObject(venue.stub, (_, { storage }) => {
        const [mark] = storage.sql.exec<{ price: string }>("select price from marks").toArray();
        const [{ trades }] = storage.sql.exec<{ trades: number }>("select count(*) as trades from entries").toArray();
        return { price: mark?.price, trades };
      });
    const told = async () => (await venue.broker.events(0)).marks[0]?.price;
    let at = START + 100_000;
    const tick = (price: number) => {
      at += 1_000;
      const slice = { time: at, spanMs: 0, open: price, high: price, low: price, close: price, volume: 1_000 };
      const slices = [{ instrument: venue.instrument, ...slice }];
      return venue.calls.onMarket({ sequence: at, slices, marketAt: at, intervalMs: 1_000 });
    };
    await venue.broker.place(bracketFor(venue, { stop: "95", target: "200" }));
    await tick(102);
    const { trades } = await stored();
    await tick(103);
    await tick(104);
    expect(await stored()).toEqual({ price: "102", trades });
    expect(await told()).toBe(parsePrice("104", "price"));
    await venue.disturb();
    expect(await told()).toBe(parsePrice("102", "price"));
    await tick(94);
    expect(await stored()).toEqual({ price: "94", trades: trades + 1 });
    // A slice of time, as markets have that go in steps, and whatever a person asks for.
    await venue.meet({ price: 93, slices: [{ ...minute(venue.instrument, 93), time: at + 1_000 }] });
    expect((await stored()).price).toBe("93");
    at += 61_000;
    await tick(92);
    await venue.faults();
    expect((await stored()).price).toBe("92");
  });

  it("tells a market that it is gone once it was deleted", async () => {
    const venue = await openVenue();
    await (venue.calls as unknown as { destroy(ownerId: string): Promise<void> }).destroy(OWNER);
    await expect(venue.trade(100)).rejects.toThrow("listener_gone");
  });

  it("fills an order only after it had the time to arrive", async () => {
    const venue = await openVenue({ terms: { rules: { latencyMs: 2_500 } } });
    const order = orderFor(venue);
    await venue.broker.place(order);
    for (const price of [101, 102, 103]) {
      await venue.trade(price);
      expect(await venue.broker.order(order.id)).toMatchObject({ status: "open" });
    }
    await venue.trade(104);
    const { report } = await venue.broker.report("");
    expect(report.fills.map(({ price }) => formatDecimal(price))).toEqual(["104.0104"]);
  });

  it("fills no more of a slice than its share of the volume", async () => {
    const venue = await openVenue({ account: { rules: { ...ACCOUNT.rules, volumeLimit: 0.1 } } });
    const order = orderFor(venue, { quantity: "5" });
    await venue.broker.place(order);
    await venue.meet({ price: 100, volume: 20 });
    expect(await venue.broker.order(order.id)).toMatchObject({ status: "open", filled: parseQuantity("2", "filled") });
    await venue.disturb();
    await venue.meet({ price: 100, volume: 100 });
    expect(await venue.broker.order(order.id)).toMatchObject({ status: "filled" });
  });

  it("ends an order that its book cannot pay, or what it cannot pay of it", async () => {
    const refusing = await openVenue();
    const whole = orderFor(refusing, { quantity: "150" });
    await refusing.broker.place(whole);
    await refusing.trade(100);
    expect((await allEvents(refusing.broker)).at(-1)).toMatchObject({ type: "canceled", id: whole.id, reason: "cash" });
    const shrinking = await openVenue({ terms: { whenShort: "shrink" } });
    const part = orderFor(shrinking, { quantity: "150" });
    await shrinking.broker.place(part);
    await shrinking.trade(100);
    const [, fill, end] = await allEvents(shrinking.broker);
    expect(fill).toMatchObject({ type: "fill", fill: { quantity: parseQuantity("99.79", "quantity") } });
    expect(end).toMatchObject({ type: "canceled", filled: parseQuantity("99.79", "filled"), reason: "cash" });
  });

  it("keeps the books of a bot and of the account apart, and gives back what a bot has left", async () => {
    const venue = await openVenue();
    const own = () => venue.calls.books({ ownerId: OWNER }).then((books) => books.map(({ bot, cash }) => [bot, cash]));
    expect(await own()).toEqual([
      [BOT, 10_000],
      ["manual", 90_000],
    ]);
    const { calls } = venue;
    await calls.openBook({ ownerId: OWNER, terms: TERMS });
    expect(
      await failureOf(async () => await calls.openBook({ ownerId: OWNER, terms: { ...TERMS, cash: "20000" } })),
    ).toContain("closed");
    const dear = { ...TERMS, bot: "bot_2", cash: "90000.01" };
    expect(await failureOf(async () => await calls.openBook({ ownerId: OWNER, terms: dear }))).toContain(
      "at most 90000",
    );
    await venue.broker.place(orderFor(venue));
    expect(await failureOf(async () => await calls.closeBook({ ownerId: OWNER, bot: BOT }))).toContain("hold nothing");
    await venue.trade(100);
    await venue.broker.place(orderFor(venue, { side: "sell", role: "exit", reduceOnly: true }));
    await venue.trade(100);
    await calls.closeBook({ ownerId: OWNER, bot: BOT });
    await venue.disturb();
    const [[bot, cash]] = await own();
    expect(bot).toBe("manual");
    const { report } = await venue.broker.report("");
    expect(cash).toBeCloseTo(toDouble(report.balances?.get("USD") ?? (0n as Money)), 9);
  });

  it("lets a person's order against the position reduce it first, and open the rest", async () => {
    const venue = await openVenue();
    const person = { ...venue, bot: "" };
    await venue.broker.place(orderFor(person, { quantity: "2" }));
    await venue.trade(100);
    const sale = orderFor(person, { side: "sell", quantity: "3" });
    await venue.broker.place(sale);
    await venue.trade(101);
    expect(await venue.broker.order(sale.id)).toMatchObject({ status: "filled" });
    const { report } = await venue.broker.report("");
    expect(formatDecimal(report.positions?.get(venue.instrument) ?? (0n as Money))).toBe("-1");
  });
});

describe("an account that does not hear", () => {
  it("has the market tell again, some times, before it goes on, and hears everything later", async () => {
    const venue = await openVenue();
    const told: VenueTold[] = [];
    let fails = 2;
    const onVenue = async (call: { told: VenueTold }) => {
      if (fails-- > 0) throw new Error("the account is busy");
      told.push(call.told);
    };
    await runInDurableObject(venue.stub, (instance) => {
      Object.assign(instance, { env: { ACCOUNT: { getByName: () => ({ onVenue }) } } });
    });
    await venue.calls.openAccount({ ownerId: OWNER, account: { ...ACCOUNT, listener: "account" } });
    const tick = { open: 100, high: 100, low: 100, close: 100, volume: 1, spanMs: 1_000, time: START + 90_000 };
    const slices = [{ ...tick, instrument: venue.instrument }];
    const call = { sequence: 90, slices, marketAt: START + 91_000, intervalMs: 1_000 };
    const tell = () => failureOf(async () => await venue.calls.onMarket(call));
    expect([await tell(), await tell(), await tell()]).toEqual([
      "the account has not heard what happened",
      "the account has not heard what happened",
      "nothing",
    ]);
    expect(told.at(-1)).toMatchObject({ marketAt: call.marketAt });
    fails = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) expect(await tell()).toContain("not heard");
    expect(await tell()).toBe("nothing");
  });
});

describe("a fault of the paper venue", () => {
  it("that loses the reply has placed the order, and the same order again finds it", async () => {
    const venue = await openVenue();
    await venue.faults({ kind: "reply-lost", times: 1 });
    const order = orderFor(venue);
    expect(await venue.broker.place(order)).toMatchObject({ outcome: "unknown" });
    await venue.disturb();
    expect(await venue.broker.order(order.id)).toMatchObject({ status: "open" });
    expect(await venue.broker.place(order)).toMatchObject({ outcome: "ack" });
  });

  it("that loses the request has placed nothing", async () => {
    const venue = await openVenue();
    await venue.faults({ kind: "request-lost", times: 1 });
    const order = orderFor(venue);
    expect(await venue.broker.place(order)).toMatchObject({ outcome: "unknown" });
    expect(await venue.broker.order(order.id)).toBeUndefined();
  });

  it("that accepts late shows and fills the order only then", async () => {
    const venue = await openVenue();
    await venue.faults({ kind: "late-accept", times: 1, ms: 1_500 });
    const order = orderFor(venue);
    expect(await venue.broker.place(order)).toMatchObject({ outcome: "unknown" });
    expect(await venue.broker.place(order)).toMatchObject({ outcome: "unknown" });
    await venue.trade(101);
    expect(await venue.broker.order(order.id)).toBeUndefined();
    expect((await venue.broker.report("")).report.orders).toEqual([]);
    await venue.disturb();
    await venue.trade(102);
    expect(await venue.broker.order(order.id)).toMatchObject({ status: "open" });
    await venue.trade(103);
    expect((await allEvents(venue.broker)).map(({ type }) => type)).toEqual(["accepted", "fill"]);
  });

  it.each(["server-error", "too-many-requests"] as const)(
    "%s leaves what is sent unknown and fails what is asked",
    async (kind) => {
      const venue = await openVenue();
      await venue.faults({ kind, times: 2 });
      const order = orderFor(venue);
      expect(await venue.broker.place(order)).toMatchObject({ outcome: "unknown" });
      await expect(venue.broker.order(order.id)).rejects.toThrow();
      expect(await venue.broker.order(order.id)).toBeUndefined();
    },
  );

  it("of maintenance refuses everything until it is over", async () => {
    const venue = await openVenue();
    await venue.faults({ kind: "maintenance" });
    const order = orderFor(venue);
    expect(await venue.broker.place(order)).toMatchObject({ outcome: "rejected", code: "MAINTENANCE" });
    await expect(venue.broker.report("")).rejects.toThrow("maintenance");
    await venue.faults();
    expect(await venue.broker.place(order)).toMatchObject({ outcome: "ack" });
  });

  it("of partial fills takes a share of each slice", async () => {
    const venue = await openVenue();
    await venue.faults({ kind: "partial-fills", share: 0.001 });
    const order = orderFor(venue, { quantity: "2" });
    await venue.broker.place(order);
    await venue.trade(100);
    expect(await venue.broker.order(order.id)).toMatchObject({ status: "open", filled: parseQuantity("1", "filled") });
  });

  it("that drops or doubles an event leaves a gap or a repeat, and nothing is lost to who asks", async () => {
    const venue = await openVenue();
    const told: VenueTold[] = [];
    const listener = { onVenue: async (call: { told: VenueTold }) => void told.push(call.told) };
    await runInDurableObject(venue.stub, (instance) => {
      Object.assign(instance, { env: { ACCOUNT: { getByName: () => listener } } });
    });
    await venue.calls.openAccount({ ownerId: OWNER, account: { ...ACCOUNT, listener: "account" } });
    await venue.faults({ kind: "event-dropped", times: 1 }, { kind: "event-doubled", times: 1 });
    await venue.broker.place(orderFor(venue, { kind: "limit", limit: "99" }));
    await venue.broker.place(orderFor(venue, { kind: "limit", limit: "99" }));
    await venue.trade(98);
    await venue.trade(98);
    const sequences = told.flatMap(({ events }) => events.map(({ sequence }) => sequence));
    expect(sequences).not.toContain(1);
    expect(new Set(sequences)).toEqual(new Set([2, 3, 4]));
    expect(sequences.filter((sequence) => sequence === 2).length).toBeGreaterThan(1);
    expect((await allEvents(venue.broker)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  });
});

describe("a bot on the paper venue", () => {
  it("trades as its backtest, to the bit, through decimals and evictions at any minute", async () => {
    const minutes = 240;
    const symbols = ["AAA", "BBB"];
    const instruments = symbols.map((symbol) => ({ ...INSTRUMENT, id: `TEST:${symbol}`, symbol, tick: 0.0001 }));
    const { fees, slippage } = ACCOUNT.rules;
    const settings = {
      ...DEFAULT_SETTINGS,
      fees,
      slippage,
      sizeAt: "decision",
      end: "keep",
      volumeLimit: 0.05,
    } as const;
    const definition: RunDefinition = {
      instruments: instruments.map((instrument) => ({ instrument, timeframe: "1m" })),
      timeframe: "5m",
      strategy: BUSY,
      parameters: { seed: 4, eagerness: 60 },
      settings: { ...settings, sizing: { kind: "percent", percent: 40 } },
      checks: "bare",
    };
    const candles = symbols.map((_, seed) => randomCandles(minutes, { seed, start: START + 300_000, swing: 0.008 }));
    const venue = await openVenue({
      terms: { bot: "bot_p", instruments, whenShort: "shrink", rules: { volumeLimit: 0.05 } },
    });
    const bot = new BotOnBroker({ definition, broker: venue.broker, bot: "bot_p" });
    for (let i = 0; i < minutes; i++) {
      const time = START + (i + 5) * 60_000;
      const slices = bot.slices(time, candles);
      await venue.calls.onMarket({ sequence: i + 100, slices, marketAt: time + 60_000, intervalMs: 1_000 });
      if (i % 17 === 0) await venue.disturb();
      await bot.minute(time, candles);
      if (i % 23 === 0) await venue.disturb();
    }
    const run = runStory(definition, candles, []);
    expect(bot.story.orders).toEqual(run.orders);
    expect(bot.story.fills).toEqual(run.fills);
    expect(bot.story.equity).toEqual(run.equity);
    expect(run.fills.length).toBeGreaterThan(30);
  });
});

import { describe, expect, it } from "vitest";
import { freeInstrument } from "../testing/runs.ts";
import { LIMIT, MARKET, type OrderDraft, STOP, STOP_LIMIT, TRAILING } from "./order.ts";
import { Venue } from "./venue.ts";
import type { VenueSettings } from "./venue-settings.ts";

const FREE = { maker: 0, taker: 0, perUnit: 0, minimum: 0 };
type Candle = readonly [open: number, high: number, low: number, close: number];

function venueWith(settings: Partial<VenueSettings> = {}): Venue {
  return new Venue([freeInstrument("A"), freeInstrument("B")], {
    cash: 10_000,
    fees: FREE,
    slippage: { kind: "none" },
    sizing: { kind: "quantity", quantity: 1 },
    whenShort: "refuse",
    path: "nearest",
    touch: false,
    remainder: "carry",
    leverage: 1,
    maintenance: 0.005,
    ...settings,
  });
}

function walk(venue: Venue, candle: Candle, volume = 1_000): void {
  venue.books[0].candle++;
  venue.begin(0, 0, volume);
  venue.walk(...candle);
}

/** Places one entry, walks the candles, and tells price and reason of each closed trade, and the position. */
function story(
  order: Omit<OrderDraft, "id" | "role">,
  candles: readonly Candle[],
  settings: Partial<VenueSettings> = {},
) {
  const venue = venueWith(settings);
  venue.place(0, { role: "entry", ...order });
  for (const candle of candles) walk(venue, candle);
  const position = venue.account.positions[0];
  return {
    quantity: position.quantity,
    entry: position.lots[0]?.price,
    exits: venue.account.trades.rows().map((trade) => [trade.entryPrice, trade.exitPrice, trade.reason]),
    cash: venue.account.cash,
  };
}

describe("entries inside a candle", () => {
  const cases: [string, Omit<OrderDraft, "id" | "role">, Candle, number | undefined][] = [
    ["a market order fills at the open", { side: 1, kind: MARKET }, [100, 110, 90, 105], 100],
    ["a limit buy above the open fills at the open", { side: 1, kind: LIMIT, limit: 101 }, [100, 110, 90, 105], 100],
    [
      "a limit buy that the low passes fills at its price",
      { side: 1, kind: LIMIT, limit: 95 },
      [100, 110, 90, 105],
      95,
    ],
    [
      "a limit buy that the low only touches does not fill",
      { side: 1, kind: LIMIT, limit: 90 },
      [100, 110, 90, 105],
      undefined,
    ],
    [
      "a limit sell that the high passes fills at its price",
      { side: -1, kind: LIMIT, limit: 105 },
      [100, 110, 90, 95],
      105,
    ],
    [
      "a limit sell that the high only touches does not fill",
      { side: -1, kind: LIMIT, limit: 110 },
      [100, 110, 90, 95],
      undefined,
    ],
    ["a stop buy below the open fills at the open", { side: 1, kind: STOP, stop: 99 }, [100, 110, 90, 105], 100],
    [
      "a stop buy that the high reaches fills at its price",
      { side: 1, kind: STOP, stop: 110 },
      [100, 110, 90, 105],
      110,
    ],
    [
      "a stop sell that the low reaches fills at its price",
      { side: -1, kind: STOP, stop: 90 },
      [100, 110, 90, 105],
      90,
    ],
    ["a stop out of reach does not fill", { side: 1, kind: STOP, stop: 111 }, [100, 110, 90, 105], undefined],
    [
      "a stop-limit triggers, rests, and fills when the price comes back",
      { side: 1, kind: STOP_LIMIT, stop: 106, limit: 104 },
      [100, 110, 99, 101],
      104,
    ],
    [
      "a stop-limit whose limit is above the stop fills at the stop",
      { side: 1, kind: STOP_LIMIT, stop: 106, limit: 107 },
      [100, 110, 99, 109],
      106,
    ],
    [
      "a stop-limit that triggers after the price left its limit does not fill",
      { side: 1, kind: STOP_LIMIT, stop: 106, limit: 95 },
      [100, 107, 96, 107],
      undefined,
    ],
  ];
  it.each(cases)("%s", (_, order, candle, price) => {
    expect(story(order, [candle]).entry).toBe(price);
  });

  it("fills a touched limit where the run says that a touch is enough", () => {
    expect(story({ side: 1, kind: LIMIT, limit: 90 }, [[100, 110, 90, 105]], { touch: true }).entry).toBe(90);
  });

  it("charges the maker for a limit that rested and the taker for one that was marketable on arrival", () => {
    const fees = { maker: 0.01, taker: 0.02, perUnit: 0, minimum: 0 };
    expect(story({ side: 1, kind: LIMIT, limit: 95 }, [[100, 101, 90, 100]], { fees }).cash).toBeCloseTo(
      10_000 - 95 * 1.01,
      9,
    );
    expect(story({ side: 1, kind: LIMIT, limit: 105 }, [[100, 101, 99, 100]], { fees }).cash).toBeCloseTo(
      10_000 - 100 * 1.02,
      9,
    );
    const rested = story(
      { side: 1, kind: LIMIT, limit: 95 },
      [
        [100, 101, 99, 100],
        [90, 92, 89, 91],
      ],
      { fees },
    );
    expect(rested.cash).toBeCloseTo(10_000 - 90 * 1.01, 9);
  });

  it("cancels an order after the candles it was given", () => {
    const order = { side: 1, kind: LIMIT, limit: 95, expiresAt: 2 };
    expect(
      story(order, [
        [100, 101, 99, 100],
        [100, 101, 90, 100],
      ]).entry,
    ).toBeUndefined();
    expect(
      story({ ...order, expiresAt: 3 }, [
        [100, 101, 99, 100],
        [100, 101, 90, 100],
      ]).entry,
    ).toBe(95);
  });
});

describe("protective legs", () => {
  const bracket = { side: 1, kind: MARKET, legStop: 95, legTarget: 105 };
  const both: Candle = [100, 108, 93, 101];

  it("lets the path decide where stop and target lie inside one candle", () => {
    expect(story(bracket, [both]).exits).toEqual([[100, 95, "stop"]]);
    expect(story(bracket, [[100, 106, 90, 101]]).exits).toEqual([[100, 105, "target"]]);
    expect(story(bracket, [[100, 106, 90, 101]], { path: "worst" }).exits).toEqual([[100, 95, "stop"]]);
    expect(story(bracket, [both], { path: "best" }).exits).toEqual([[100, 105, "target"]]);
  });

  it("visits the low first for a long and the high first for a short when both are as near", () => {
    expect(story(bracket, [[100, 107, 93, 101]]).exits).toEqual([[100, 95, "stop"]]);
    const short = { side: -1, kind: MARKET, legStop: 105, legTarget: 95 };
    expect(story(short, [[100, 107, 93, 101]]).exits).toEqual([[100, 105, "stop"]]);
  });

  it("become active from the point of the path where the entry fills", () => {
    const limit = { side: 1, kind: LIMIT, limit: 95, legStop: 92, legTarget: 105 };
    // Down first: entry at 95 on the way, low at 93, then up through the target.
    expect(story(limit, [[100, 110, 93, 101]]).exits).toEqual([[95, 105, "target"]]);
    // Up first: the target's price was passed before there was a position.
    expect(story(limit, [[100, 106, 93, 96]]).exits).toEqual([[95, 105, "target"]].slice(1));
  });

  it("fill at the open where the market opens beyond them", () => {
    expect(
      story(bracket, [
        [100, 101, 99, 100],
        [90, 92, 88, 91],
      ]).exits,
    ).toEqual([[100, 90, "stop"]]);
    expect(
      story(bracket, [
        [100, 101, 99, 100],
        [110, 112, 109, 111],
      ]).exits,
    ).toEqual([[100, 110, "target"]]);
  });

  it("trigger at once where the entry fills beyond the stop", () => {
    expect(story({ side: 1, kind: MARKET, legStop: 101 }, [[100, 102, 99, 101]]).exits).toEqual([[100, 100, "stop"]]);
  });

  it("cancel one another once one of them has filled", () => {
    const venue = venueWith();
    venue.place(0, { role: "entry", ...bracket });
    walk(venue, [100, 101, 94, 95]);
    expect(venue.account.trades.length).toBe(1);
    expect(venue.books[0].orders).toEqual([]);
  });

  it("trail behind the highest point of the path and fire on the way back", () => {
    const trailing = { side: 1, kind: MARKET, legTrail: 5 };
    // Low first (nearer), then the high at 112 lifts the stop to 107, and the close at 106 meets it.
    expect(story(trailing, [[100, 112, 97, 106]]).exits).toEqual([[100, 107, "trailing"]]);
    // High first: 104 lifts the stop to 99, the low meets it there.
    expect(story(trailing, [[100, 104, 90, 101]]).exits).toEqual([[100, 99, "trailing"]]);
    expect(story({ side: -1, kind: MARKET, legTrail: 5 }, [[100, 103, 88, 94]]).exits).toEqual([[100, 93, "trailing"]]);
  });

  it("an entry order of the trailing kind follows the market down before it buys", () => {
    expect(story({ side: 1, kind: TRAILING, trail: 4 }, [[100, 101, 90, 97]]).entry).toBe(94);
  });
});

describe("liquidity, grid and cash", () => {
  it("fills no more of a candle than the volume limit allows and carries the rest", () => {
    const settings = { volumeLimit: 0.1, sizing: { kind: "quantity", quantity: 10 } as const };
    const venue = venueWith(settings);
    venue.place(0, { role: "entry", side: 1, kind: MARKET });
    const held = [40, 50, 1_000].map((volume) => {
      walk(venue, [100, 101, 99, 100], volume);
      return venue.account.positions[0].quantity;
    });
    expect(held).toEqual([4, 9, 10]);
    expect(venue.account.positions[0].lots.length).toBe(1);
  });

  it("cancels the rest of an entry where the run says so, and never the rest of an exit", () => {
    const venue = venueWith({ volumeLimit: 0.1, remainder: "cancel", sizing: { kind: "quantity", quantity: 10 } });
    venue.place(0, { role: "entry", side: 1, kind: MARKET });
    walk(venue, [100, 101, 99, 100], 40);
    walk(venue, [100, 101, 99, 100], 40);
    expect(venue.account.positions[0].quantity).toBe(4);
    venue.place(0, { role: "exit", side: -1, kind: MARKET });
    walk(venue, [100, 101, 99, 100], 30);
    expect(venue.account.positions[0].quantity).toBe(1);
    walk(venue, [100, 101, 99, 100], 30);
    expect(venue.account.positions[0].quantity).toBe(0);
  });

  it("refuses what cash does not cover with the rule and an example, or shrinks it", () => {
    const sizing = { kind: "quantity", quantity: 200 } as const;
    const refusing = venueWith({ sizing });
    refusing.place(0, { role: "entry", side: 1, kind: MARKET });
    walk(refusing, [100, 101, 99, 100]);
    expect(refusing.account.positions[0].quantity).toBe(0);
    expect(refusing.sizer.refusals.rows()).toEqual([
      { rule: "cash", count: 1, example: "A: quantity 200 at 100, free cash 10000" },
    ]);
    const shrinking = venueWith({ sizing, whenShort: "shrink" });
    shrinking.place(0, { role: "entry", side: 1, kind: MARKET });
    walk(shrinking, [100, 101, 99, 100]);
    expect(shrinking.account.positions[0].quantity).toBe(100);
  });

  it("pays slippage on taking orders only, against the trader on both sides", () => {
    const slippage = { kind: "bps", bps: 100 } as const;
    expect(story({ side: 1, kind: MARKET }, [[100, 101, 99, 100]], { slippage }).entry).toBe(101);
    expect(story({ side: -1, kind: MARKET }, [[100, 101, 99, 100]], { slippage }).entry).toBe(99);
    expect(story({ side: 1, kind: LIMIT, limit: 99.5 }, [[100, 101, 99, 100]], { slippage }).entry).toBe(99.5);
  });

  it("asks the least fee once an order, however many fills it takes", () => {
    const fees = { maker: 0, taker: 0, perUnit: 0.01, minimum: 5 };
    const venue = venueWith({ fees, volumeLimit: 0.1, sizing: { kind: "quantity", quantity: 10 } });
    venue.place(0, { role: "entry", side: 1, kind: MARKET });
    walk(venue, [100, 101, 99, 100], 40);
    walk(venue, [100, 101, 99, 100], 1_000);
    expect(venue.account.feesPaid).toBe(5);
  });
});

describe("margin", () => {
  const sizing = { kind: "all" } as const;

  it("takes a leveraged position away at the price where equity is down to the maintenance margin", () => {
    const venue = venueWith({ leverage: 10, maintenance: 0.01, sizing });
    venue.place(0, { role: "entry", side: 1, kind: MARKET });
    walk(venue, [100, 101, 99, 100]);
    expect(venue.account.positions[0].quantity).toBe(1_000);
    // 10,000 of equity carry 100,000: at p, 1000 p - 90,000 = 0.01 · 1000 p.
    const price = 90_000 / 990;
    walk(venue, [100, 100.5, 85, 99]);
    const [trade] = venue.account.trades.rows();
    expect(trade.reason).toBe("liquidation");
    expect(trade.exitPrice).toBeCloseTo(price, 9);
    expect(venue.account.liquidations).toBe(1);
  });

  it("takes a short away above its entry, and at the open after a gap", () => {
    const venue = venueWith({ leverage: 5, maintenance: 0.01, sizing });
    venue.place(0, { role: "entry", side: -1, kind: MARKET });
    walk(venue, [100, 101, 99, 100]);
    walk(venue, [150, 151, 149, 150]);
    expect(venue.account.trades.at(0)).toMatchObject({ reason: "liquidation", exitPrice: 150, quantity: -500 });
  });

  it("never liquidates a long that was paid in full", () => {
    const venue = venueWith({ sizing });
    venue.place(0, { role: "entry", side: 1, kind: MARKET });
    walk(venue, [100, 101, 99, 100]);
    walk(venue, [1, 2, 0.01, 0.02]);
    expect(venue.account.liquidations).toBe(0);
  });
});

describe("a share of the volume", () => {
  it("leaves a part of a lot of a limit order for the next candle", () => {
    const venue = new Venue([{ ...freeInstrument("A"), lot: 1 }], {
      ...{ cash: 10_000, fees: FREE, slippage: { kind: "none" }, sizing: { kind: "quantity", quantity: 3 } },
      ...{ whenShort: "refuse", path: "nearest", touch: false, remainder: "carry", leverage: 1, maintenance: 0.005 },
      volumeLimit: 0.1,
    });
    venue.place(0, { role: "entry", side: 1, kind: LIMIT, limit: 95 });
    walk(venue, [100, 110, 90, 105], 17);
    expect(venue.account.positions[0].quantity).toBe(1);
    walk(venue, [100, 110, 90, 105], 23);
    expect(venue.account.positions[0].quantity).toBe(3);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SIM_INSTRUMENTS } from "../core/sim/sim-instrument.ts";
import { heardFill, NO_DUST } from "./heard-fill.ts";

const COIN = { ...SIM_INSTRUMENTS[0], base: "BTC", quote: "USDT", lot: 0.001 };
const trade = { tradeId: "t", liquidity: "taker" as const, at: 1_000 };

function bought(quantity: string, fee: string, feeCurrency: string, dust = NO_DUST) {
  const fill = { ...trade, quantity, price: "100", fee, feeCurrency, feeInKind: feeCurrency === "BTC" };
  return heardFill(fill, { side: "buy", instrument: COIN, dust, spare: 0 });
}

function sold(quantity: string, fee: string, { price = "100", dust = NO_DUST, spare = 0 } = {}) {
  const fill = { ...trade, quantity, price, fee, feeCurrency: "BTC", feeInKind: true };
  return heardFill(fill, { side: "sell", instrument: COIN, dust, spare });
}

describe("what a bot's engine hears of a trade", () => {
  it("is the trade itself where the fee is paid in the quote currency", () => {
    expect(bought("0.5", "0.05", "USDT")).toMatchObject({ quantity: 0.5, counted: 0.5, price: 100, fee: 0.05 });
  });

  it("is no fee where that is paid in a third currency, whose worth is not known", () => {
    expect(bought("0.5", "0.0001", "BNB")).toMatchObject({ quantity: 0.5, counted: 0.5, fee: 0 });
  });

  it("is all that came where the account is kept in what was bought and pays its fee in that money", () => {
    const pair = { ...SIM_INSTRUMENTS[0], base: "EUR", quote: "USD", lot: 1_000 };
    const fill = { ...trade, quantity: "100000", price: "1.25", fee: "3", feeCurrency: "EUR" };
    const heard = heardFill(fill, { side: "buy", instrument: pair, dust: NO_DUST, spare: 0 });
    expect(heard).toMatchObject({ quantity: 100_000, counted: 100_000, price: 1.25, fee: 3.75, dust: NO_DUST });
  });

  it("is whole lots of what came where the fee is taken from the coins, for all that was paid", () => {
    const heard = bought("0.5", "0.0005", "BTC");
    expect(heard).toMatchObject({ quantity: 0.499, counted: 0.5, price: 100, fee: 0.1 });
    expect(heard.dust).toEqual({ quantity: "0.0005", owed: "0" });
  });

  it("is a lot once the rests of several trades make one", () => {
    const { dust } = bought("0.5", "0.0005", "BTC");
    expect(bought("0.5", "0.0005", "BTC", dust)).toMatchObject({ quantity: 0.5, fee: 0, dust: { quantity: "0" } });
  });

  it("is nothing held where a single lot lost its fee, and is paid for with the next lot", () => {
    const first = bought("0.001", "0.000001", "BTC");
    expect(first).toMatchObject({ quantity: 0, counted: 0.001, fee: 0, dust: { quantity: "0.000999", owed: "0.1" } });
    expect(bought("0.002", "0.000002", "BTC", first.dust)).toMatchObject({ quantity: 0.002, counted: 0.002, fee: 0.1 });
  });

  it("leaves nothing out over any trades: what is held and what was paid are the venue's, to less than a lot", () => {
    const size = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(size, fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 30 }),
        (trades) => {
          let dust = NO_DUST;
          let [held, paid, came, cost] = [0, 0, 0, 0];
          for (const [lots, tenths] of trades) {
            const [quantity, fee] = [lots / 1_000, (lots * tenths) / 1_000_000];
            const heard = bought(quantity.toFixed(3), fee.toFixed(6), "BTC", dust);
            dust = heard.dust;
            held += heard.quantity;
            paid += heard.quantity * heard.price + heard.fee;
            came += quantity - fee;
            cost += quantity * 100;
          }
          expect(held + Number(dust.quantity)).toBeCloseTo(came, 9);
          expect(paid + Number(dust.owed)).toBeCloseTo(cost, 9);
          expect(Number(dust.quantity)).toBeLessThan(COIN.lot);
        },
      ),
    );
  });

  it("is a fee in coins of a sale once: what buys the coins back is not told as one again", () => {
    const first = sold("1", "0.001");
    expect(first).toMatchObject({ quantity: 1, counted: 1, fee: 0.1 });
    const second = bought("1.001", "0", "BTC", first.dust);
    expect(second).toMatchObject({ quantity: 1, counted: 1.001, fee: 0, dust: { quantity: "0", owed: "0" } });
  });

  it("is a lot less held where a fee in coins broke into it, so that the next exit asks for what there is", () => {
    const { dust } = bought("1", "0.00075", "BTC");
    expect(dust.quantity).toBe("0.00025");
    const part = sold("0.5", "0.000375", { dust, spare: 0.499 });
    expect(part).toMatchObject({ quantity: 0.501, counted: 0.5, fee: 0.1 });
    expect(part.dust).toEqual({ quantity: "0.000875", owed: "0" });
  });

  it("takes no lot that an exit is still to sell: a sale in several trades ends with nothing held", () => {
    const { dust } = bought("1", "0.00075", "BTC");
    const whole = sold("0.3", "0.000225", { dust, spare: 0 });
    expect(whole).toMatchObject({ quantity: 0.3, counted: 0.3 });
    expect(sold("0.699", "0.00052", { dust: whole.dust, spare: 0 })).toMatchObject({ quantity: 0.699 });
  });

  it("leaves an engine that sells in parts never more than the venue holds", () => {
    const parts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), parts, fc.integer({ min: 0, max: 20 }), (lots, sales, tenths) => {
        const feeOf = (units: number) => ((units * tenths) / 10_000_000).toFixed(7);
        const first = bought((lots / 1_000).toFixed(3), feeOf(lots), "BTC");
        let { dust } = first;
        let engine = Math.round(first.quantity * 1_000);
        let venue = lots - Number(feeOf(lots)) * 1_000;
        for (const sale of sales) {
          const ask = Math.min(sale, engine);
          if (ask === 0) break;
          const spare = (engine - ask) / 1_000;
          const heard = sold((ask / 1_000).toFixed(3), feeOf(ask), { dust, spare });
          dust = heard.dust;
          engine -= Math.round(heard.quantity * 1_000);
          venue -= ask + Number(feeOf(ask)) * 1_000;
          expect(engine).toBeGreaterThanOrEqual(0);
          if (engine > 0) expect(engine).toBeLessThanOrEqual(venue + 1e-6);
        }
      }),
    );
  });

  it("adds up over sales too: what came in and went out is the venue's", () => {
    const step = fc.tuple(
      fc.constantFrom("buy", "sell"),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 50, max: 200 }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.boolean(), (trades, hasMore) => {
        let dust = NO_DUST;
        let [told, paid] = [0, 0];
        const spare = hasMore ? 1_000 : 0;
        for (const [side, lots, price] of trades) {
          const [quantity, fee] = [(lots / 1_000).toFixed(3), (lots / 1_000_000).toFixed(6)];
          const fill = { ...trade, quantity, price: String(price), fee, feeCurrency: "BTC", feeInKind: true };
          const heard = heardFill(fill, { side: side as "buy" | "sell", instrument: COIN, dust, spare });
          const sign = side === "buy" ? 1 : -1;
          dust = heard.dust;
          told += sign * heard.quantity * price + heard.fee;
          paid += (sign * lots * price) / 1_000;
        }
        expect(told + Number(dust.owed)).toBeCloseTo(paid, 9);
      }),
    );
  });
});

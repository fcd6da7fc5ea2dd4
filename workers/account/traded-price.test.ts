import { describe, expect, it } from "vitest";
import { price } from "../core/testing/orders.ts";
import { BTC } from "../core/testing/risk-books.ts";
import type { Desk } from "./desk.ts";
import { fillEvent, intent, NOW, newDesk, told } from "./testing/scripted-desk.ts";

async function tell(desk: Desk, text: string, at: number, heardAt = at): Promise<void> {
  await desk.hear({
    events: [],
    marks: [{ instrument: BTC, price: price(text), at, heardAt, intervalMs: 1_000 }],
    marketAt: at,
  });
}

/** A bot that may lose 1,000 in a day bought 90 at 112, half a second after 100 was told. */
async function boughtAfterJump() {
  const parts = await newDesk();
  const { order } = await parts.desk.submit("bot_1", intent({ quantity: "90" }));
  const event = fillEvent(1, order.order.id, "90");
  if (event.type !== "fill") throw new Error("it is a trade");
  const fill = { ...event.fill, price: price("112"), at: NOW + 500 };
  await parts.desk.hear({ ...told([{ ...event, fill }]), marks: [] });
  const trading = () => parts.desk.books.scope("bot_1").trading;
  return { ...parts, trading };
}

describe("what was bought at a price that nobody had told yet", () => {
  it("is not counted down to the price before, and is to one that is told after", async () => {
    const { desk, trading } = await boughtAfterJump();
    expect(trading().state).toBe("ACTIVE");
    await tell(desk, "100", NOW + 400);
    expect(trading().state).toBe("ACTIVE");
    await tell(desk, "100", NOW + 1_000);
    expect(trading()).toMatchObject({ state: "REDUCING", reason: "DAILY_LOSS" });
  });

  it("counts for a minute at most, where a venue's clock is ahead of that of its prices", async () => {
    const { desk, trading } = await boughtAfterJump();
    await tell(desk, "100", NOW + 400, NOW + 59_000);
    expect(trading().state).toBe("ACTIVE");
    await tell(desk, "100", NOW + 400, NOW + 61_000);
    expect(trading()).toMatchObject({ state: "REDUCING", reason: "DAILY_LOSS" });
  });

  it("is no reference for the next order: that is what was told", async () => {
    const { desk } = await boughtAfterJump();
    const next = await desk.submit(
      "bot_1",
      intent({ kind: "limit", limit: "112", ordinal: 1, signal: "next", quantity: "1" }),
    );
    expect(next.order.verdict).toMatchObject({ verdict: "denied", code: "PRICE_COLLAR" });
  });

  it("is known after a crash", async () => {
    const { disk, broker } = await boughtAfterJump();
    const { desk } = await newDesk({ disk, broker });
    expect(desk.books.scope("bot_1").trading.state).toBe("ACTIVE");
  });
});

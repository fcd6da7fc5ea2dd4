import { describe, expect, it } from "vitest";
import { DAY_MS } from "../core/candle/timeframe.ts";
import { price } from "../core/testing/orders.ts";
import { BTC } from "../core/testing/risk-books.ts";
import type { Desk } from "./desk.ts";
import type { DeskDisk } from "./testing/desk-disk.ts";
import { ACCOUNT, fillEvent, intent, newDesk, told } from "./testing/scripted-desk.ts";

const REPLAY = { ...ACCOUNT, marketTime: true };
/** Years before our clock. */
const NOON = Date.UTC(2018, 0, 17, 12);

async function fall(desk: Desk, text: string, at: number): Promise<void> {
  const mark = { instrument: BTC, price: price(text), at, heardAt: at, intervalMs: 1_000 };
  await desk.hear({ events: [], marks: [mark], marketAt: at });
}

/** A bot on a replay that holds 90 at 100 and may lose 1,000 in a day. */
async function heldInReplay() {
  const parts = await newDesk({ account: REPLAY, marketAt: NOON });
  const { order } = await parts.desk.submit("bot_1", intent({ quantity: "90", candleTime: NOON }));
  await parts.desk.hear({ ...told([fillEvent(1, order.order.id, "90")]), marketAt: NOON });
  return parts;
}

function movedToDay(disk: DeskDisk, name: string, day: number): void {
  const books = JSON.parse(disk.documents.get(name) ?? "{}") as { track: { day: number } };
  disk.documents.set(name, JSON.stringify({ ...books, track: { ...books.track, day } }));
}

describe("the day's loss on a replay", () => {
  it("is that of the market's day, though the account was opened before the market told its time", async () => {
    const { desk } = await heldInReplay();
    await fall(desk, "93", NOON + 1_000);
    await fall(desk, "87", NOON + DAY_MS);
    expect(desk.books.scope("bot_1").trading.state).toBe("ACTIVE");
    await fall(desk, "81", NOON + DAY_MS + 1_000);
    const { trading } = desk.books.scope("bot_1");
    expect(trading).toMatchObject({ state: "REDUCING", reason: "DAILY_LOSS" });
    expect(new Date(trading.until ?? 0).toISOString()).toBe("2018-01-19T00:00:00.000Z");
  });

  it("begins with the market's next day also where a day of our clock was stored", async () => {
    const { disk, broker } = await heldInReplay();
    for (const name of ["scope:account", "scope:bot_1"])
      movedToDay(disk, name, Math.floor(Date.UTC(2026, 0, 1) / DAY_MS));
    const { desk } = await newDesk({ disk, broker, account: REPLAY, marketAt: NOON + 1_000 });
    await fall(desk, "93", NOON + 2_000);
    await fall(desk, "87", NOON + DAY_MS);
    expect(desk.books.scope("bot_1").trading.state).toBe("ACTIVE");
    expect(desk.books.scope("bot_1").track?.day).toBe(Math.floor(NOON / DAY_MS) + 1);
  });
});

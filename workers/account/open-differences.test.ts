import { describe, expect, it } from "vitest";
import type { VenueReport } from "../core/ledger/venue-report.ts";
import { money, quantity } from "../core/testing/orders.ts";
import { BTC } from "../core/testing/risk-books.ts";
import type { Desk } from "./desk.ts";
import { shownHalts } from "./open-differences.ts";
import { fillEvent, intent, newDesk, ScriptedBroker, told } from "./testing/scripted-desk.ts";

/** What a venue says that it holds, and what happens while it is asked. */
interface Said {
  positions?: VenueReport["positions"];
  balances?: VenueReport["balances"];
  meanwhile?: () => Promise<void>;
}

/** A desk and what its venue says, which a test may change between two looks. */
async function deskAt(said: Said) {
  const broker = new ScriptedBroker();
  const report = broker.report.bind(broker);
  broker.report = async () => {
    const answer = await report();
    await said.meanwhile?.();
    return { ...answer, report: { ...answer.report, positions: said.positions, balances: said.balances } };
  };
  const { desk } = await newDesk({ broker });
  // Its first money moves with the first look, at which nothing is compared.
  await desk.sweepNow();
  const sweepTwice = async () => {
    await desk.sweepNow();
    await desk.sweepNow();
  };
  return { desk, sweepTwice };
}

describe("what differs from the venue's books", () => {
  /** Trades while the venue is asked, twice the same quantity, each time after what it says that it holds. */
  async function tradedMeanwhile(trade: (desk: Desk, ordinal: number) => Promise<void>): Promise<Desk> {
    const said: Said = { positions: new Map() };
    const { desk } = await deskAt(said);
    for (const ordinal of [1, 2]) {
      said.meanwhile = async () => {
        said.meanwhile = undefined;
        await trade(desk, ordinal);
      };
      await desk.sweepNow();
      said.positions = new Map([[BTC, quantity("10")]]);
    }
    return desk;
  }

  it("is nothing that traded while it was asked, though it is gone from every list and the next time is as much", async () => {
    const desk = await tradedMeanwhile(async (at, ordinal) => {
      const { order } = await at.submit("bot_1", intent({ ordinal, signal: `s${ordinal}` }));
      await at.hear(told([fillEvent(ordinal, order.order.id)]));
      expect(at.books.openOrders()).toEqual([]);
    });
    expect(desk.books.scope("bot_1").ledger.positions.size).toBe(1);
    expect(shownHalts(desk.books)).toEqual([]);
  });

  it("is nothing that somebody traded elsewhere while it was asked", async () => {
    const desk = await tradedMeanwhile(async (at, sequence) => {
      await at.hear(told([fillEvent(sequence, "elsewhere" as never)]));
    });
    expect(desk.books.scope("account").ledger.positions.size).toBe(1);
    expect(shownHalts(desk.books)).toEqual([]);
  });

  it("is shown with both sides as of the last comparison, of each currency for itself", async () => {
    const said = {
      balances: new Map([
        ["USD", money("9000")],
        ["EUR", money("5")],
      ]),
    };
    const { desk, sweepTwice } = await deskAt(said);
    await sweepTwice();
    const figures = shownHalts(desk.books).map((halt) => halt.figures);
    expect(figures).toMatchObject([
      { unit: "USD", theirs: "9000" },
      { unit: "EUR", ours: "0", theirs: "5", difference: "5" },
    ]);
    said.balances.set("EUR", money("7"));
    await sweepTwice();
    expect(shownHalts(desk.books)[1]).toMatchObject({ theirs: "5 EUR", figures: { theirs: "7", difference: "7" } });
  });

  it("is shown as agreed once the venue says the same, and stays until somebody has looked", async () => {
    const said = { positions: new Map([[BTC, quantity("2")]]) };
    const { desk, sweepTwice } = await deskAt(said);
    await sweepTwice();
    expect(shownHalts(desk.books)).toMatchObject([{ instrument: BTC, figures: { unit: BTC, difference: "2" } }]);
    said.positions.delete(BTC);
    await sweepTwice();
    expect(shownHalts(desk.books)).toMatchObject([{ theirs: "2", figures: { theirs: "0", difference: "0" } }]);
  });

  it("is not shown as agreed where the venue tells no positions for now", async () => {
    const said: Parameters<typeof deskAt>[0] = { positions: new Map([[BTC, quantity("2")]]) };
    const { desk, sweepTwice } = await deskAt(said);
    await sweepTwice();
    said.positions = undefined;
    await sweepTwice();
    expect(shownHalts(desk.books)).toMatchObject([{ figures: { theirs: "2", difference: "2" } }]);
  });

  it("of another instrument stays known where one is armed again", async () => {
    const said = {
      positions: new Map([
        [BTC, quantity("2")],
        ["X:ETH", quantity("3")],
      ]),
    };
    const { desk, sweepTwice } = await deskAt(said);
    await sweepTwice();
    desk.switches.set({ kind: "instrument", instrument: BTC }, "ACTIVE", "by hand");
    expect(shownHalts(desk.books)).toMatchObject([{ instrument: "X:ETH", figures: { difference: "3" } }]);
    await sweepTwice();
    expect(shownHalts(desk.books).map(({ instrument }) => instrument)).toEqual(["X:ETH", BTC]);
  });
});

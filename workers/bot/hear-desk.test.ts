import { expect, it } from "vitest";
import type { DeskEvent } from "../account/desk-calls.ts";
import type { TraderEvent } from "../core/engine/trader-command.ts";
import { SIM_INSTRUMENTS } from "../core/sim/sim-instrument.ts";
import type { BotStore } from "./bot-store.ts";
import { hearTold } from "./hear-desk.ts";
import type { RealFill } from "./shadow.ts";

const [COIN, OTHER] = SIM_INSTRUMENTS;
const CUT = { number: 4, instrument: COIN.id, side: "sell", quantity: "2", price: "100", at: 9 } as const;

/** Somebody who hears of a desk; what each of them was told. */
function newHearing() {
  const values = new Map<string, unknown>();
  const heard: TraderEvent[] = [];
  const fills: RealFill[] = [];
  const logged: string[] = [];
  const store = {
    get: (name: string) => values.get(name),
    put: (name: string, value: unknown) => values.set(name, value),
    log: ({ message }: { message: string }) => logged.push(message),
    sentOrder: (orderId: string) => ({ ref: "entry", part: "stop", orderId }),
  };
  const hearing = {
    store: store as unknown as BotStore,
    definition: { instruments: [{ instrument: OTHER }, { instrument: COIN }] },
    trader: { hear: (event: TraderEvent) => heard.push(event), spare: () => 0 },
    shadow: { heardFill: (fill: RealFill) => fills.push(fill) },
  };
  return { hearing: hearing as unknown as Parameters<typeof hearTold>[1], values, heard, fills, logged };
}

/** A leg that traded, as a bot is told of it. */
function soldAt(at: number): DeskEvent {
  const order = { id: "ord_1", instrument: COIN.id, side: "sell" } as DeskEvent["order"];
  const fill = { quantity: "10", price: "100", fee: "0", feeCurrency: COIN.quote, at } as DeskEvent["fill"];
  return { sequence: at, at, bot: "bot_1", order, event: "fill", fill } as DeskEvent;
}

it("an engine hears of a share that was cut as a position that was taken away, and its backtest of a trade it did not make", () => {
  const { hearing, values, heard, fills, logged } = newHearing();
  const cuts = [CUT, { ...CUT, number: 5, instrument: "X:GONE" }];
  hearTold({ events: [], cuts, isAll: true }, hearing, () => undefined);
  const told = { quantity: 2, counted: 2, price: 100, fee: 0, at: 9 };
  expect(heard).toEqual([{ type: "liquidation", instrument: 1, ...told }]);
  const order = { id: "cut.4", instrument: COIN.id, side: "sell" };
  expect(fills).toMatchObject([{ ref: undefined, quantity: 2, price: 100, order }]);
  expect(values.get("cutsHeard")).toBe(5);
  expect(logged).toEqual([`its share of ${COIN.id} shrank by 2: the venue holds less than our books had`]);
});

it("an engine hears of a cut before the trade that came after it, as a leg that could not be taken back in time", () => {
  const { hearing, values, heard } = newHearing();
  const noted: number[] = [];
  const cuts = [CUT, { ...CUT, number: 5, at: 30 }];
  const note = ({ sequence }: DeskEvent) => noted.push(sequence);
  hearTold({ events: [soldAt(8), soldAt(20)], cuts, isAll: false }, hearing, note);
  const kinds = () => heard.map(({ type }) => type);
  expect(kinds()).toEqual(["fill", "liquidation", "fill"]);
  expect(noted).toEqual([8, 20]);
  // The second waits for events that may have come before it.
  expect(values.get("cutsHeard")).toBe(4);
  hearTold({ events: [], cuts: cuts.slice(1), isAll: true }, hearing, note);
  expect(kinds()).toEqual(["fill", "liquidation", "fill", "liquidation"]);
});

it("an engine hears of each cut once where a clock was set back between two of them", () => {
  const { hearing, values, heard } = newHearing();
  const cuts = [CUT, { ...CUT, number: 5, at: 1, quantity: "3" }];
  hearTold({ events: [soldAt(5)], cuts, isAll: true }, hearing, () => undefined);
  const sizes = heard.map((event) => (event.type === "ended" ? 0 : event.quantity));
  expect(sizes).toEqual([10, 2, 3]);
  expect(values.get("cutsHeard")).toBe(5);
});

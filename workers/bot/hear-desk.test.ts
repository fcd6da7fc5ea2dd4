import { expect, it } from "vitest";
import type { TraderEvent } from "../core/engine/trader-command.ts";
import { SIM_INSTRUMENTS } from "../core/sim/sim-instrument.ts";
import type { BotStore } from "./bot-store.ts";
import { hearCuts } from "./hear-desk.ts";
import type { RealFill } from "./shadow.ts";

const [COIN, OTHER] = SIM_INSTRUMENTS;

it("an engine hears of a share that was cut as a position that was taken away, and its backtest of a trade it did not make", () => {
  const values = new Map<string, unknown>();
  const heard: TraderEvent[] = [];
  const fills: RealFill[] = [];
  const logged: string[] = [];
  const store = {
    get: (name: string) => values.get(name),
    put: (name: string, value: unknown) => values.set(name, value),
    log: ({ message }: { message: string }) => logged.push(message),
  };
  const hearing = {
    store: store as unknown as BotStore,
    definition: { instruments: [{ instrument: OTHER }, { instrument: COIN }] },
    trader: { hear: (event: TraderEvent) => heard.push(event), spare: () => 0 },
    shadow: { heardFill: (fill: RealFill) => fills.push(fill) },
  };
  const cut = { number: 4, instrument: COIN.id, side: "sell", quantity: "2", price: "100", at: 9 } as const;
  hearCuts([cut, { ...cut, number: 5, instrument: "X:GONE" }], hearing as unknown as Parameters<typeof hearCuts>[1]);
  const told = { quantity: 2, counted: 2, price: 100, fee: 0, at: 9 };
  expect(heard).toEqual([{ type: "liquidation", instrument: 1, ...told }]);
  const order = { id: "cut.4", instrument: COIN.id, side: "sell" };
  expect(fills).toMatchObject([{ ref: undefined, quantity: 2, price: 100, order }]);
  expect(values.get("cutsHeard")).toBe(5);
  expect(logged).toEqual([`its share of ${COIN.id} shrank by 2: the venue holds less than our books had`]);
});

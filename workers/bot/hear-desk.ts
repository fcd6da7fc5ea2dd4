import type { DeskCut, DeskEvent } from "../account/desk-calls.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import type { Trader } from "../core/engine/trader.ts";
import type { BotStore } from "./bot-store.ts";
import { noteCuts, takeCut } from "./heard-cut.ts";
import { takeFill } from "./heard-fill.ts";
import type { Shadow } from "./shadow.ts";

/** Events after which an order trades no more, as far as the venue says. */
const ENDS: ReadonlySet<string> = new Set(["deny", "rejected", "canceled", "expired", "release"]);

/** Who hears what the desk tells a bot. */
interface Hearing {
  readonly store: BotStore;
  readonly definition: RunDefinition;
  readonly trader: Trader;
  readonly shadow: Shadow | undefined;
}

/** Tells a bot's engine, and the backtest beside it, what happened to one of its orders. Inside a write. */
export function hearEvent({ order, event, fill }: DeskEvent, { store, definition, trader, shadow }: Hearing): void {
  const known = store.sentOrder(order.id);
  if (fill !== undefined) {
    const index = indexOf(definition, order);
    if (index < 0) return;
    // How much a leg or a person's order is still to sell is not the engine's to know: nothing is to spare then.
    const spare = known?.part === "main" ? trader.spare(index) : 0;
    const heard = takeFill(store, fill, { ...definition.instruments[index], side: order.side, spare });
    shadow?.heardFill({ ref: known?.ref, part: known?.part, ...heard, quantity: heard.counted, order });
    if (known !== undefined) trader.hear({ type: "fill", ref: known.ref, part: known.part, ...heard });
    // Closed by the kill switch or by hand: the engine knows it as a position that the venue took away.
    else trader.hear({ type: "liquidation", instrument: index, ...heard });
    return;
  }
  if (known !== undefined && ENDS.has(event)) trader.hear({ type: "ended", ref: known.ref, part: known.part });
}

/** Same, of what it lost of its shares: for the engine a position that the venue took away. Inside a write. */
export function hearCuts(cuts: readonly DeskCut[], { store, definition, trader, shadow }: Hearing): void {
  for (const cut of cuts) {
    const index = indexOf(definition, cut);
    if (index < 0) continue;
    const heard = takeCut(store, cut, definition.instruments[index].instrument);
    const order = { id: `cut.${cut.number}`, instrument: cut.instrument, side: cut.side };
    shadow?.heardFill({ ref: undefined, part: undefined, ...heard, quantity: heard.counted, order });
    trader.hear({ type: "liquidation", instrument: index, ...heard });
    const message = `its share of ${cut.instrument} shrank by ${cut.quantity}: the venue holds less than our books had`;
    store.log({ at: cut.at, kind: "halted", message });
  }
  noteCuts(store, cuts);
}

function indexOf({ instruments }: RunDefinition, { instrument: id }: { readonly instrument: string }): number {
  return instruments.findIndex(({ instrument }) => instrument.id === id);
}

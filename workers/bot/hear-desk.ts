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

/** What a desk tells at once, each in the order of its numbers. */
interface Told {
  readonly events: readonly DeskEvent[];
  /** Those that the bot has not heard of. */
  readonly cuts: readonly DeskCut[];
  /** Whether no event waits behind these. */
  readonly isAll: boolean;
}

/**
 * Tells a bot's engine, and the backtest beside it, what its desk tells, in the order in which it happened: what traded after
 * a cut was traded with what was left. `note` is told each event. Inside a write.
 */
export function hearTold({ events, cuts, isAll }: Told, hearing: Hearing, note: (event: DeskEvent) => void): void {
  let waiting = cuts;
  const hearUntil = (at: number) => {
    const later = waiting.findIndex((cut) => cut.at > at);
    const due = later < 0 ? waiting : waiting.slice(0, later);
    hearCuts(due, hearing);
    waiting = waiting.slice(due.length);
  };
  for (const event of events) {
    hearUntil(event.at);
    hearEvent(event, hearing);
    note(event);
  }
  if (isAll) hearUntil(Number.POSITIVE_INFINITY);
}

/** What happened to one of its orders. */
function hearEvent({ order, event, fill }: DeskEvent, { store, definition, trader, shadow }: Hearing): void {
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

/** What it lost of its shares: for the engine a position that the venue took away. */
function hearCuts(cuts: readonly DeskCut[], { store, definition, trader, shadow }: Hearing): void {
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

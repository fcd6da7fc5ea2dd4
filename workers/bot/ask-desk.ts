import type { MachineParts } from "./bot-machine.ts";

/** An entry that was decided longer ago than this is not asked for any more: the market has gone on. */
const EFFECT_MS_MAX = 60_000;

export interface AskHow {
  /** Whether entries may be made. */
  readonly enter: boolean;
  /** UTC ms. */
  readonly now: number;
  /** Tells the engine that an entry will not be asked for. */
  readonly giveUp: (ref: string) => void;
  /** Told the order of each of these. */
  readonly gaveUp?: (orderId: string) => void;
}

/** Asks the desk for everything that was written down, in order. True where there was any. */
export async function askDesk(
  { desk, record, store }: Pick<MachineParts, "desk" | "record" | "store">,
  { enter, now, giveUp, gaveUp }: AskHow,
): Promise<boolean> {
  const { ownerId, botId } = record;
  let asked = false;
  for (let next = store.firstEffect(); next !== undefined; next = store.firstEffect()) {
    const { effect, place } = next;
    if (effect.kind === "place") {
      const entry = effect.intent.role === "entry";
      const late = entry && (!enter || now - effect.at > EFFECT_MS_MAX);
      if (late && (await desk.order({ ownerId, orderId: effect.orderId })) === undefined) {
        giveUp(effect.ref);
        gaveUp?.(effect.orderId);
      } else await desk.submit({ ownerId, botId, intents: [effect.intent] });
    } else {
      const orderId = store.orderOf(effect.ref);
      if (orderId !== undefined) await desk.cancel({ ownerId, orderIds: [orderId] });
    }
    store.dropEffect(place);
    asked = true;
  }
  return asked;
}

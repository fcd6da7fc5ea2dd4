import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import { wordsOfCode } from "../../schema/wire/code-words.ts";
import type { DeskEvent } from "../account/desk-calls.ts";
import type { TraderCommand } from "../core/engine/trader-command.ts";
import { exactText } from "../core/ledger/decimal-double.ts";

/** What a decision says in the bot's log; nothing for a cancel. */
export function commandMessage(command: TraderCommand): string | undefined {
  if (command.type === "cancel") return undefined;
  const { side, kind, quantity, reason, tag } = command;
  return `${reason}${tag === "" ? "" : ` (${tag})`}: ${side} ${quantity} ${kind}`;
}

/** What became of an order in the bot's log; nothing for what is of no interest there. */
export function eventEntry({ order, event, fill, at }: DeskEvent): Omit<BotLogEntry, "sequence"> | undefined {
  const { side, instrument, quantity, reason } = order;
  if (fill !== undefined) {
    const message = `${side} ${shown(fill.quantity)} ${instrument} at ${shown(fill.price)} (${order.role})`;
    return { at: fill.at, kind: "fill", message };
  }
  if (event !== "deny" && event !== "rejected") return undefined;
  const who = event === "deny" ? "denied by the desk" : "rejected by the venue";
  const why = reason === null ? "no reason given" : wordsOfCode(reason);
  return { at, kind: "denied", message: `${side} ${quantity} ${instrument} was ${who}: ${why}` };
}

/** A number for the eye: ten digits tell it, all of them are with the fill. */
function shown(text: string): string {
  return exactText(Number(Number(text).toPrecision(10)));
}

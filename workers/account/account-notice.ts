import { wordsOfCode } from "../../schema/wire/code-words.ts";
import { DIFFERENCE_WORDS } from "../../schema/wire/difference-words.ts";
import type { NoticeEventName } from "../../schema/wire/notice-event.ts";
import type { AccountAlert, Order } from "../../schema/wire/trading.ts";
import type { RaisedNotice } from "../notify/raised-notice.ts";
import { raised } from "../notify/raised-notice.ts";
import { KILL_REASON } from "./desk-account.ts";
import type { DeskEvent } from "./desk-calls.ts";
import { BOT_STOP, LIFTED } from "./lift-stop.ts";
import { SHARE_CUT } from "./settle-difference.ts";

/** Whose account a notice is about. */
export interface AccountIds {
  readonly ownerId: string;
  readonly accountId: string;
}

/** What alerts of the desk are as notices, by their codes; a code of its own stands for a halt by a rule. */
const ALERTS: Readonly<Record<string, readonly [event: NoticeEventName, title: string]>> = {
  [KILL_REASON]: ["halt.kill", "The kill switch was thrown"],
  [LIFTED]: ["halt.lifted", "A stop of trading was lifted"],
  FLATTEN_FAILED: ["halt.not-closed", "Positions are still held after a kill switch"],
  DAILY_LOSS: ["loss.reached", "The day's loss has reached its limit"],
  DAY_BEGAN: ["loss.new-day", "A new day began: it trades again"],
  DELISTED: ["instrument.delisted", "An instrument is listed no more"],
  INSTRUMENT_CHANGED: ["instrument.changed", "The rules of an instrument changed"],
  ...Object.fromEntries(
    Object.entries(DIFFERENCE_WORDS).map(([code, title]) => [code, ["reconcile.difference", title] as const]),
  ),
  OVERFILLED: ["halt.desk", DIFFERENCE_WORDS.OVERFILLED],
  [SHARE_CUT]: ["halt.desk", "Less is held than the bot has a share in"],
  ORDER_FAULT: ["halt.desk", "Something that cannot be true was said of an order"],
  REPEATED_EXECUTION: ["halt.desk", "Halted: it trades again and again"],
  REPEATED_REJECT: ["halt.desk", "Halted: its orders are rejected again and again"],
};

/**
 * The code of an alert that stands for a difference begins with what differs. Undefined for the stop of a bot, which the
 * bot itself tells of.
 */
export function alertNotice({ ownerId, accountId }: AccountIds, alert: AccountAlert): RaisedNotice | undefined {
  const { id, at, botId, code, message } = alert;
  if (code === BOT_STOP) return undefined;
  const differs = Object.entries(ALERTS).find(
    ([name, [event]]) => event === "reconcile.difference" && message.includes(`${name}:`),
  );
  const [event, title] = ALERTS[code] ?? differs?.[1] ?? ["halt.desk", "The desk halted trading"];
  return raised({
    ...{ id: `${accountId}:alert:${id}`, ownerId, event, at, title, text: message, accountId },
    botId: botId ?? undefined,
    // A day that begins is no warning, whatever the day before was.
    subject: { code },
    path: pathOf(accountId, botId),
    about: `${code} ${message}`,
  });
}

const ORDER_EVENTS: Readonly<Record<string, readonly [event: NoticeEventName, verb: string]>> = {
  deny: ["order.denied", "was denied"],
  rejected: ["order.rejected", "was rejected by the venue"],
  "outcome-unknown": ["order.unknown", "may or may not have arrived"],
  lost: ["order.lost", "was never found at the venue"],
  fill: ["order.filled", "traded"],
};
/** Events of orders that people may be told of. */
export const TOLD_EVENTS: readonly string[] = Object.keys(ORDER_EVENTS);

const ADVICE: Readonly<Record<string, string>> = {
  "order.unknown": "It is asked for and never sent again.",
  "order.lost": "It counts against the caps until you have looked at the venue and released it.",
};

/** What happened to an order, as a notice; undefined for what nobody is told of. */
export function orderNotice({ ownerId, accountId }: AccountIds, told: DeskEvent): RaisedNotice | undefined {
  const { sequence, at, order, event: happened, fill } = told;
  const [event, verb] = ORDER_EVENTS[happened] ?? [];
  if (event === undefined || verb === undefined) return undefined;
  const { botId, reason } = order;
  return raised({
    ...{ id: `${accountId}:event:${sequence}`, ownerId, event, at, accountId },
    title: `${wordsOf(order, fill)} ${verb}${order.role === "external" ? " at the venue itself" : ""}`,
    text: [reason === null || fill !== undefined ? "" : sentenceOf(reason), ADVICE[event] ?? ""]
      .filter(Boolean)
      .join(" "),
    botId: botId ?? undefined,
    subject: {
      ...{ orderId: order.id, instrument: order.instrument, side: order.side, quantity: order.quantity },
      ...(fill === undefined ? {} : { traded: fill.quantity, price: fill.price, fee: fill.fee, tradeId: fill.tradeId }),
      ...(reason === null ? {} : { reason }),
    },
    path: pathOf(accountId, botId),
    // Denied once a second for the same reason is one thing to look at.
    about: `${order.instrument} ${order.side} ${reason ?? ""}`,
  });
}

/** A reason as it is read: a code in words, and with an end where another sentence may follow. */
function sentenceOf(reason: string): string {
  const words = wordsOfCode(reason);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

function wordsOf({ side, quantity, instrument }: Order, fill: DeskEvent["fill"]): string {
  const verb = side === "buy" ? "Buy" : "Sell";
  return fill === undefined
    ? `${verb} ${quantity} ${instrument}`
    : `${verb} ${fill.quantity} ${instrument} at ${fill.price}`;
}

/** The page that shows what a notice of an account is about. */
export function pathOf(accountId: string, botId: string | null): string {
  return botId === null ? `/risk?account=${encodeURIComponent(accountId)}` : `/bots/${encodeURIComponent(botId)}`;
}

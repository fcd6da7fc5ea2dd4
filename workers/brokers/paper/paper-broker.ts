import { DESK_ORDER_KINDS } from "../../core/order/desk-order.ts";
import { TIME_IS_UP, within } from "../../platform/within.ts";
import type { Broker, BrokerCapabilities, SendOutcome } from "../broker.ts";
import type { PaperVenueCalls } from "./paper-terms.ts";

/** How long the desk waits for a reply: the venue is an object beside it, so that more means that it is not there. */
export const PAPER_REPLY_MS_MAX = 5_000;

/** What the paper venue can do. Late orders come from its faults only, and those name how late. */
export const PAPER_CAPABILITIES: BrokerCapabilities = {
  kinds: DESK_ORDER_KINDS,
  legs: true,
  replace: true,
  lateAcceptMs: 30_000,
  messagesPerSecond: 200,
  messagesPerMinute: 6_000,
};

/** The paper venue of an owner's account as a broker. `replyMs` is the deadline of each call. */
export function paperBroker(venue: PaperVenueCalls, ownerId: string, replyMs: number = PAPER_REPLY_MS_MAX): Broker {
  return {
    capabilities: PAPER_CAPABILITIES,
    place: (order) => outcomeOf(venue.place({ ownerId, order }), replyMs),
    cancel: (id) => outcomeOf(venue.cancel({ ownerId, id }), replyMs),
    replace: (id, revision, terms) => outcomeOf(venue.replace({ ownerId, id, revision, terms }), replyMs),
    order: (id) => answerOf(venue.order({ ownerId, id }), replyMs),
    report: (cursor) => answerOf(venue.report({ ownerId, cursor }), replyMs),
    events: (sequence) => answerOf(venue.events({ ownerId, sequence }), replyMs),
  };
}

/** Nothing but an answer that arrived is certain. */
async function outcomeOf(call: Promise<SendOutcome>, replyMs: number): Promise<SendOutcome> {
  try {
    return await answerOf(call, replyMs);
  } catch (error) {
    return { outcome: "unknown", message: error instanceof Error ? error.message : "the venue has failed" };
  }
}

async function answerOf<T>(call: Promise<T>, replyMs: number): Promise<T> {
  const answer = await within(call, replyMs);
  if (answer === TIME_IS_UP) throw new Error(`the venue must answer within ${replyMs} ms`);
  return answer;
}

import { NOT_SENT } from "../core/order/order-event.ts";
import { VenueRefusal, VenueSilence } from "./request/venue-reply.ts";
import type { ClientOutcome } from "./venue-client.ts";

/** An order that a venue has no form for. The message says which rule it breaks. */
export class FormError extends RangeError {
  override readonly name = "FormError";
}

/**
 * Runs a change and answers an outcome whatever happens. `leaving` is called right before the request that changes
 * something: what fails before it, or never got out, has certainly changed nothing.
 */
export async function changeOutcome(act: (leaving: () => void) => Promise<ClientOutcome>): Promise<ClientOutcome> {
  let isLeaving = false;
  try {
    return await act(() => {
      isLeaving = true;
    });
  } catch (error) {
    const message = shortMessage(error);
    if (error instanceof FormError) return { outcome: "rejected", code: "FORM", message, news: [] };
    if (error instanceof VenueRefusal && !isLeaving)
      return { outcome: "rejected", code: error.code, message, news: [] };
    const isUnsent = error instanceof VenueSilence && (!isLeaving || !error.isSent);
    if (isUnsent) return { outcome: "rejected", code: NOT_SENT, message, news: [] };
    return { outcome: "unknown", message, news: [] };
  }
}

/** The same of a cancel: of one that never left nothing is certain for the order, so that another is to be sent. */
export async function cancelOutcome(act: () => Promise<ClientOutcome>): Promise<ClientOutcome> {
  const outcome = await changeOutcome(act);
  const isUnsent = outcome.outcome === "rejected" && outcome.code === NOT_SENT;
  return isUnsent ? { outcome: "unknown", message: outcome.message, news: [] } : outcome;
}

/** Characters of an error that are told on: enough to find the field, too few to flood a log. */
const MESSAGE_CHARACTERS_MAX = 300;

/** What is wrong, short: bodies are not to be repeated. */
export function shortMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > MESSAGE_CHARACTERS_MAX ? `${text.slice(0, MESSAGE_CHARACTERS_MAX)}…` : text;
}

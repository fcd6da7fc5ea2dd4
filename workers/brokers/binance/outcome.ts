import { NOT_SENT } from "../../core/order/order-event.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import type { ClientOutcome } from "../venue-client.ts";
import type { Answer } from "./connection.ts";
import { CannotExpress } from "./order-params.ts";

/** The outcome of a request that the venue refused: certain only by its list. */
export function refused({ error }: Answer): ClientOutcome {
  if (error === undefined) throw new TypeError("error must be there, was not");
  const { code, message, isDefinite } = error;
  return isDefinite ? { outcome: "rejected", code, message, news: [] } : { outcome: "unknown", message, news: [] };
}

/** What comes before an order is sent. Whatever fails here, the order never left. */
export async function unsent<T extends object>(prepare: () => Promise<T>): Promise<T | ClientOutcome> {
  try {
    return await prepare();
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof CannotExpress || error instanceof VenueRefusal) {
      return { outcome: "rejected", code: error.code, message, news: [] };
    }
    if (error instanceof VenueSilence) return { outcome: "rejected", code: NOT_SENT, message, news: [] };
    throw error;
  }
}

export async function sent(act: () => Promise<ClientOutcome>): Promise<ClientOutcome> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof VenueSilence)) throw error;
    if (!error.isSent) return { outcome: "rejected", code: NOT_SENT, message: error.message, news: [] };
    return { outcome: "unknown", message: error.message, news: [] };
  }
}

/** Of a cancel that never left nothing is certain for the order: it stays open, and another is sent. */
export async function sentCancel(act: () => Promise<ClientOutcome>): Promise<ClientOutcome> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof VenueSilence) && !(error instanceof VenueRefusal)) throw error;
    return { outcome: "unknown", message: error.message, news: [] };
  }
}

import { VenueRefusal, VenueSilence } from "../../brokers/request/venue-reply.ts";
import { ProblemError, unavailable } from "../../platform/problem-error.ts";

/** Seconds after which a venue that did not answer may be asked again. */
export const ASK_AGAIN_SECONDS = 15;

/** What `ask` answers of a venue; throws 503 where it does not answer, 409 where it refuses. */
export async function answeredByVenue<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof VenueSilence) {
      throw unavailable(`The venue did not answer: ${error.message}. Try again in a moment.`, ASK_AGAIN_SECONDS);
    }
    if (error instanceof VenueRefusal) {
      const detail = `The venue refuses: ${error.message}. Look at its connection.`;
      throw new ProblemError({ status: 409, code: "venue_refuses", detail });
    }
    throw error;
  }
}

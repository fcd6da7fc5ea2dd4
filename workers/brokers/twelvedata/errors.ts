import { z } from "zod";
import { readJson } from "../request/read-json.ts";
import { VenueRefusal, type VenueReply, VenueSilence } from "../request/venue-reply.ts";
import { nextCredits } from "./limits.ts";

const ErrorBody = z.looseObject({
  code: z.string().max(10),
  message: z.string().max(2_000),
  status: z.literal("error"),
});

/** Said of a stretch without candles, with 400 and with 404. */
const NO_DATA = /no data is available/i;
const OF_KEY = "401";
/** Codes by which it refuses for certain: a wrong value, a plan that does not have this, a name that it does not know. */
const DEFINITE: ReadonlySet<string> = new Set(["400", OF_KEY, "403", "404", "414"]);
const TOO_MANY = "429";

/**
 * The body of a reply as JSON; undefined where the venue says that it has nothing there. An error may come with status 200,
 * so that its body counts. Throws VenueRefusal and VenueSilence.
 */
export function answerOf({ status, body, heardAt }: VenueReply): unknown {
  const value = jsonOf(body);
  const error = ErrorBody.safeParse(value);
  if (!error.success) {
    if (status === 200 && value !== undefined) return value;
    throw new VenueSilence(`the venue answered ${status} without a reason`, { isSent: true });
  }
  const { code, message } = error.data;
  if (code === TOO_MANY) {
    const retryAt = nextCredits(message, heardAt);
    throw new VenueSilence("the venue lets no more through now, by its own word", {
      isSent: true,
      retryAt,
      isRate: true,
    });
  }
  if (NO_DATA.test(message)) return undefined;
  if (DEFINITE.has(code)) throw new VenueRefusal(code, message, { isKey: code === OF_KEY });
  throw new VenueSilence(`the venue answered ${code}: ${message}`, { isSent: true });
}

function jsonOf(body: string): unknown {
  try {
    return readJson(body);
  } catch {
    return undefined;
  }
}

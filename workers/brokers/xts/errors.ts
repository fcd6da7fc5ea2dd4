import { z } from "zod";
import { readJson } from "../request/read-json.ts";
import { VenueRefusal, type VenueReply, VenueSilence } from "../request/venue-reply.ts";

/** What every reply is wrapped in. A refusal may come with status 200, so `type` counts. */
const Envelope = z.object({
  type: z.enum(["success", "error"]),
  code: z.string().max(100).optional(),
  description: z.string().max(2_000).optional(),
  result: z.unknown().optional(),
});

/** Codes of refusals that came before anything was passed on to the exchange. What is not here leaves it open. */
const DEFINITE_CODES: ReadonlySet<string> = new Set(["InvalidInput", "RATE_LIMIT_EXCEEDED", "e-apirl-0004"]);
/** Codes, and words where brokers have codes of their own, for a session that has ended. */
const SESSION_CODES: ReadonlySet<string> = new Set(["e-session-0007", "e-session-0005", "e-token-0001"]);
const SESSION_WORDS = /invalid token|token.{0,20}(?:expired|not valid)|not authori[sz]ed|please login/i;
const OK = 200;
const BAD_REQUEST = 400;
const UNAUTHORIZED = 401;
const TOO_MANY = 429;

/** The session has ended or never was: whatever was asked was not looked at. */
export class XtsSessionEnded extends Error {
  constructor() {
    super("the session has ended");
    this.name = "XtsSessionEnded";
  }
}

/**
 * The result of a reply. Throws `XtsSessionEnded`, `VenueRefusal` for a definite refusal, and `VenueSilence` for all else
 * that is no success: what became of what was asked is not certain then.
 */
export function resultOf(reply: VenueReply): unknown {
  const parsed = Envelope.safeParse(envelopeOf(readJson(reply.body)));
  if (!parsed.success) {
    if (reply.status === UNAUTHORIZED) throw new XtsSessionEnded();
    throw new VenueSilence("the venue answered something that cannot be read", { isSent: true });
  }
  const { type, code = "", description = "", result } = parsed.data;
  if (type === "success" && reply.status === OK) return result;
  if (reply.status === UNAUTHORIZED || SESSION_CODES.has(code) || SESSION_WORDS.test(description)) {
    throw new XtsSessionEnded();
  }
  const isLimit = reply.status === TOO_MANY;
  const isDefinite = DEFINITE_CODES.has(code) || (reply.status === BAD_REQUEST && isFieldError(result));
  const message = `the venue refused: ${code} ${description.slice(0, 300)}`;
  if (type === "error" && (isDefinite || isLimit)) throw new VenueRefusal(code === "" ? "REFUSED" : code, message);
  throw new VenueSilence(message, { isSent: true });
}

/** Some replies come as a list of one. */
function envelopeOf(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** A list of fields that are not as they must be: found before anything was done. */
function isFieldError(result: unknown): boolean {
  const FieldErrors = z.object({
    errors: z.array(z.object({ field: z.unknown(), messages: z.array(z.string()) })).min(1),
  });
  return FieldErrors.safeParse(result).success;
}

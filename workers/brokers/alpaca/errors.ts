import type { z } from "zod";
import { shortMessage } from "../change-outcome.ts";
import { VenueRefusal, type VenueReply, VenueSilence } from "../request/venue-reply.ts";
import { parseBody } from "./parse.ts";
import { errorReply } from "./payloads.ts";

/**
 * Codes with which the venue refuses an order and certainly has none of it. What is not here leaves the outcome open, as
 * does a refusal that says that there is such an order already.
 */
const ORDER_REFUSALS: ReadonlySet<string> = new Set([
  // Malformed, or a field with a value that it cannot have.
  ...["40010000", "40010001", "42210000", "42210001"],
  // Not allowed: too little money or too few shares, day trading, short sales, wash trades.
  ...["40310000", "40310100"],
  // No such asset.
  "40410000",
]);
/** The same client id was used before: there is an order, and it may be this one. */
const IS_KNOWN_ID = /client_order_id/i;

const OK = [200, 201, 204, 207];
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
const UNPROCESSABLE = 422;
/** Its code where the key is not of this side, or not valid any more. */
const NOT_AUTHORIZED = /^401/;

export type ChangeVerdict =
  | { readonly verdict: "done" }
  | { readonly verdict: "refused"; readonly code: string; readonly message: string }
  | { readonly verdict: "unknown"; readonly message: string };

/** What a reply to a placed, canceled or replaced order means. Never throws. */
export function changeVerdict(
  { status, body }: Pick<VenueReply, "status" | "body">,
  change: "place" | "cancel" | "replace",
): ChangeVerdict {
  if (OK.includes(status)) return { verdict: "done" };
  const error = errorOf(body);
  const message = error?.message ?? `the venue answered ${status}`;
  // Its codes begin with the status: one that does not is of whoever stands between us and the venue.
  if (error === undefined || status >= 500 || !isOwnCode(error.code, status)) return { verdict: "unknown", message };
  const { code } = error;
  if (status === UNAUTHORIZED && NOT_AUTHORIZED.test(code)) return { verdict: "refused", code, message };
  if (change === "place") {
    const isCertain = [400, FORBIDDEN, NOT_FOUND, UNPROCESSABLE].includes(status) && ORDER_REFUSALS.has(code);
    return isCertain && !IS_KNOWN_ID.test(message)
      ? { verdict: "refused", code, message }
      : { verdict: "unknown", message: `${code}: ${message}` };
  }
  const isGone = status === NOT_FOUND || status === UNPROCESSABLE || (change === "replace" && status === FORBIDDEN);
  return isGone && !IS_KNOWN_ID.test(message)
    ? { verdict: "refused", code, message }
    : { verdict: "unknown", message: `${code}: ${message}` };
}

/** A readable answer to a question, or undefined where the venue says that there is no such thing. */
export function answerOf<S extends z.ZodType>(schema: S, { status, body }: VenueReply): z.infer<S> | undefined {
  if (OK.includes(status)) {
    try {
      return parseBody(schema, body);
    } catch (error) {
      throw new VenueSilence(`reply must be readable: ${shortMessage(error)}`, { isSent: true });
    }
  }
  const error = errorOf(body);
  const message = error?.message ?? `the venue answered ${status}`;
  if (error !== undefined && (status === UNAUTHORIZED || (status === FORBIDDEN && NOT_AUTHORIZED.test(error.code)))) {
    throw new VenueRefusal(error.code, message, { isKey: true });
  }
  // Whoever answers 404 and says nothing of its own is not the venue.
  if (status === NOT_FOUND && error !== undefined && isOwnCode(error.code, status)) return undefined;
  throw new VenueSilence(message, { isSent: true });
}

/** 422 answers with codes of 400 too. */
function isOwnCode(code: string, status: number): boolean {
  return code.startsWith(String(status)) || (status === UNPROCESSABLE && code.startsWith("400"));
}

function errorOf(body: string): z.infer<typeof errorReply> | undefined {
  try {
    return parseBody(errorReply, body);
  } catch {
    return undefined;
  }
}

import type { z } from "zod";
import { shortMessage } from "../change-outcome.ts";
import { VenueRefusal, type VenueReply, VenueSilence } from "../request/venue-reply.ts";
import { parseBody } from "./parse.ts";
import { changeReply, type OandaChange } from "./payloads.ts";

/**
 * Reasons for which the venue refuses an order and certainly has none of it: the order itself cannot be. A reason that is
 * not here leaves the outcome open, as does one that says that there is such an order already.
 */
const ORDER_REFUSALS: ReadonlySet<string> = new Set([
  ...["ACCOUNT_NOT_ACTIVE", "ACCOUNT_LOCKED", "ACCOUNT_ORDER_CREATION_LOCKED", "ACCOUNT_ORDER_CANCEL_LOCKED"],
  ...["INSTRUMENT_NOT_TRADEABLE", "INSTRUMENT_PRICE_UNKNOWN", "INSTRUMENT_MISSING", "INSTRUMENT_UNKNOWN"],
  ...["PENDING_ORDERS_ALLOWED_EXCEEDED", "INSUFFICIENT_MARGIN", "INSUFFICIENT_FUNDS", "FIFO_VIOLATION"],
  ...["UNITS_MISSING", "UNITS_INVALID", "UNITS_PRECISION_EXCEEDED", "UNITS_LIMIT_EXCEEDED"],
  // The venue itself misspells this one; the right spelling may come some day.
  ...["UNITS_MIMIMUM_NOT_MET", "UNITS_MINIMUM_NOT_MET"],
  ...["PRICE_MISSING", "PRICE_INVALID", "PRICE_PRECISION_EXCEEDED", "PRICE_BOUND_INVALID"],
  ...["PRICE_BOUND_PRECISION_EXCEEDED", "PRICE_DISTANCE_MISSING", "PRICE_DISTANCE_INVALID"],
  ...["PRICE_DISTANCE_PRECISION_EXCEEDED", "PRICE_DISTANCE_MAXIMUM_EXCEEDED", "PRICE_DISTANCE_MINIMUM_NOT_MET"],
  ...["TIME_IN_FORCE_MISSING", "TIME_IN_FORCE_INVALID", "TIME_IN_FORCE_GTD_TIMESTAMP_MISSING"],
  ...["TIME_IN_FORCE_GTD_TIMESTAMP_IN_PAST", "CLIENT_ORDER_ID_INVALID", "ORDERS_ON_FILL_DUPLICATE_CLIENT_ORDER_IDS"],
  ...["TRADE_ON_FILL_CLIENT_EXTENSIONS_NOT_SUPPORTED", "ORDER_FILL_POSITION_ACTION_MISSING"],
  ...["ORDER_FILL_POSITION_ACTION_INVALID", "TRIGGER_CONDITION_MISSING", "TRIGGER_CONDITION_INVALID"],
  ...["TAKE_PROFIT_ORDER_ALREADY_EXISTS", "TAKE_PROFIT_ON_FILL_PRICE_MISSING", "TAKE_PROFIT_ON_FILL_PRICE_INVALID"],
  ...["TAKE_PROFIT_ON_FILL_PRICE_PRECISION_EXCEEDED", "TAKE_PROFIT_ON_FILL_TIME_IN_FORCE_INVALID"],
  ...[
    "TAKE_PROFIT_ON_FILL_CLIENT_ORDER_ID_INVALID",
    "STOP_LOSS_ORDER_ALREADY_EXISTS",
    "STOP_LOSS_ORDER_NOT_CANCELABLE",
  ],
  ...["STOP_LOSS_ORDER_NOT_REPLACEABLE", "STOP_LOSS_ORDER_GUARANTEED_REQUIRED", "STOP_LOSS_ON_FILL_REQUIRED"],
  ...["STOP_LOSS_ON_FILL_REQUIRED_FOR_PENDING_ORDER", "STOP_LOSS_ON_FILL_GUARANTEED_REQUIRED"],
  ...[
    "STOP_LOSS_ON_FILL_PRICE_MISSING",
    "STOP_LOSS_ON_FILL_PRICE_INVALID",
    "STOP_LOSS_ON_FILL_PRICE_PRECISION_EXCEEDED",
  ],
  ...["STOP_LOSS_ON_FILL_TIME_IN_FORCE_INVALID", "STOP_LOSS_ON_FILL_PRICE_DISTANCE_MAXIMUM_EXCEEDED"],
  ...["STOP_LOSS_ON_FILL_CLIENT_ORDER_ID_INVALID", "TRAILING_STOP_LOSS_ORDER_ALREADY_EXISTS"],
  ...["TRAILING_STOP_LOSS_ON_FILL_PRICE_DISTANCE_MISSING", "TRAILING_STOP_LOSS_ON_FILL_PRICE_DISTANCE_INVALID"],
  ...["TRAILING_STOP_LOSS_ON_FILL_PRICE_DISTANCE_PRECISION_EXCEEDED"],
  ...["TRAILING_STOP_LOSS_ON_FILL_PRICE_DISTANCE_MAXIMUM_EXCEEDED"],
  ...["TRAILING_STOP_LOSS_ON_FILL_PRICE_DISTANCE_MINIMUM_NOT_MET", "TRAILING_STOP_LOSS_ORDERS_NOT_SUPPORTED"],
  ...["TRAILING_STOP_LOSS_ON_FILL_CLIENT_ORDER_ID_INVALID", "REPLACING_ORDER_INVALID", "TRADE_DOESNT_EXIST"],
]);

/** There is no pending order of that id: nothing can be canceled or replaced. */
const NO_ORDER = "ORDER_DOESNT_EXIST";

const OK = [200, 201];
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;

/** A reply to a change, as far as it is certain. */
export type ChangeVerdict =
  | { readonly verdict: "done"; readonly change: OandaChange }
  | { readonly verdict: "refused"; readonly code: string; readonly message: string }
  | { readonly verdict: "unknown"; readonly message: string };

/** What a reply to a placed, canceled or replaced order means. Never throws. */
export function changeVerdict({ status, body }: Pick<VenueReply, "status" | "body">): ChangeVerdict {
  let change: OandaChange;
  try {
    change = parseBody(changeReply, body);
  } catch (error) {
    return { verdict: "unknown", message: `reply ${status} must be readable: ${shortMessage(error)}` };
  }
  if (OK.includes(status)) return { verdict: "done", change };
  const message = change.errorMessage ?? `the venue answered ${status}`;
  if (isKeyError(status, change.errorMessage)) return { verdict: "refused", code: "UNAUTHORIZED", message };
  const reject = change.orderRejectTransaction ?? change.orderCancelRejectTransaction;
  const code = reject?.rejectReason ?? (status === NOT_FOUND ? change.errorCode : undefined);
  if (code === undefined || status >= 500) return { verdict: "unknown", message };
  if (reject !== undefined && ORDER_REFUSALS.has(code)) return { verdict: "refused", code, message };
  if (status === NOT_FOUND && code === NO_ORDER) return { verdict: "refused", code, message };
  return { verdict: "unknown", message: `${code}: ${message}` };
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
  const { errorCode, errorMessage } = errorOf(status, body);
  const message = errorMessage ?? `the venue answered ${status}`;
  if (isKeyError(status, errorMessage)) throw new VenueRefusal("UNAUTHORIZED", message, { isKey: true });
  // Whoever answers 404 and says nothing of its own is not the venue.
  if (status === NOT_FOUND && (errorCode ?? errorMessage) !== undefined) return undefined;
  throw new VenueSilence(message, { isSent: true });
}

/** A 401 or 403 in the venue's own form: what stands between us and the venue may answer the same without. */
function isKeyError(status: number, errorMessage: string | undefined): boolean {
  return (status === UNAUTHORIZED || status === FORBIDDEN) && errorMessage !== undefined;
}

function errorOf(status: number, body: string): Pick<OandaChange, "errorCode" | "errorMessage"> {
  try {
    return parseBody(changeReply, body);
  } catch {
    throw new VenueSilence(`the venue answered ${status}, not readable`, { isSent: true });
  }
}

import { z } from "zod";
import { parsePrice, parseQuantity } from "../../workers/core/ledger/decimal-text.ts";
import { FAULTS } from "./fault-switches.ts";
import type { VenueEmulator } from "./venue-emulator.ts";

/** How far a venue's clock may be made to go wrong, ms: a day. */
const SKEW_MS_MAX = 86_400_000;
/** Requests that one order breaks. */
const TIMES_MAX = 1_000_000;

const Digits = z.union([z.string(), z.number()], "must be a number, as text or plain").transform(String);
const TradeOrder = z.strictObject({
  instrument: z.string("must be a text"),
  price: Digits,
  /** Of the market's trade, that meets orders which rest; all that they want where it is left out. */
  quantity: Digits.optional(),
});

const OutsideOrder = z.strictObject({
  instrument: z.string("must be a text"),
  side: z.enum(["buy", "sell"], "must be buy or sell"),
  quantity: Digits,
});

const FaultName = z.enum(FAULTS, `must be one of ${FAULTS.join(", ")}`);
const skew = `must be whole milliseconds from ${-SKEW_MS_MAX} to ${SKEW_MS_MAX}`;
const times = `must be a whole number from 1 to ${TIMES_MAX}`;
const rate = "must be a number from 0 to 1";
const FaultOrder = z
  .strictObject({
    /** Ends every fault, before anything else of the same order begins. */
    clear: z.literal(true, "must be true").optional(),
    maintenance: z.boolean("must be true or false").optional(),
    clockSkewMs: z.int(skew).min(-SKEW_MS_MAX, skew).max(SKEW_MS_MAX, skew).optional(),
    rates: z.partialRecord(FaultName, z.number(rate).min(0, rate).max(1, rate), "must be rates by fault").optional(),
    fault: FaultName.optional(),
    times: z.int(times).min(1, times).max(TIMES_MAX, times).optional(),
    path: z.string("must be a text").optional(),
  })
  .refine(({ fault, times, path }) => fault !== undefined || (times === undefined && path === undefined), {
    path: ["fault"],
    message: "must be named where times or path is",
  })
  .refine((order) => Object.keys(order).length > 0, "must name one of fault, rates, maintenance, clockSkewMs, clear");

/**
 * Moves the market of a venue, trades there past every server, or breaks it, as a body of JSON says. Throws RangeError for what it
 * does not understand.
 */
export function obey(venue: VenueEmulator, path: string, body: string): void {
  const { book, faults } = venue;
  if (path === "/control/trade") {
    const { instrument, price, quantity } = read(TradeOrder, body);
    if (!book.instruments.has(instrument)) {
      throw new RangeError(`instrument must be one of ${[...book.instruments.keys()].join(", ")}, was ${instrument}`);
    }
    const traded = quantity === undefined ? undefined : parseQuantity(quantity, "quantity");
    book.trade(instrument, parsePrice(price, "price"), traded);
    return;
  }
  if (path === "/control/order") {
    orderOutside(venue, body);
    return;
  }
  if (path !== "/control/fault") {
    throw new RangeError(`path must be /control/trade, /control/order or /control/fault, was ${path}`);
  }
  const { clear, maintenance, clockSkewMs, rates, fault, times = 1, path: where = "" } = read(FaultOrder, body);
  if (clear === true) faults.clear();
  if (maintenance !== undefined) faults.maintenance = maintenance;
  if (clockSkewMs !== undefined) faults.clockSkewMs = clockSkewMs;
  if (rates !== undefined) faults.rates = rates;
  if (fault !== undefined) faults.arm(fault, { times, path: where });
}

/** Buys or sells at the market as the account's owner does at the venue itself: under a name that no server gave. */
function orderOutside({ book }: VenueEmulator, body: string): void {
  const { instrument: symbol, side, quantity } = read(OutsideOrder, body);
  const terms = { symbol, side, kind: "market", quantity: parseQuantity(quantity, "quantity") } as const;
  const order = { ...terms, clientId: `outside${book.nextId()}` };
  const refusal = book.refusalOf(order);
  if (refusal !== undefined) throw new RangeError(`the order must be one that the venue takes, was ${refusal}`);
  book.place(order);
}

function read<T>(schema: z.ZodType<T>, body: string): T {
  const input = jsonOf(body);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new RangeError(parsed.error.issues.map((issue) => wordsOf(issue, input)).join("; "));
}

function wordsOf(issue: z.core.$ZodIssue, input: unknown): string {
  if (issue.code === "unrecognized_keys") {
    return `${[...issue.path, issue.keys[0]].join(".")} must be left out: there is no such thing`;
  }
  const value = issue.path.reduce<unknown>((at, key) => (at as Readonly<Record<PropertyKey, unknown>>)?.[key], input);
  if (issue.path.length === 0) return `the body ${issue.code === "custom" ? issue.message : "must be an object"}`;
  return `${issue.path.join(".")} ${issue.message}, was ${value === undefined ? "left out" : JSON.stringify(value)}`;
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new RangeError("the body must be JSON");
  }
}

import { z } from "zod";
import { add, type Money, NO_QUANTITY, type Price, type Quantity } from "../../core/ledger/decimal.ts";
import { parseMoney, parsePosition, parsePrice, parseQuantity } from "../../core/ledger/decimal-text.ts";
import type { VenueFill, VenueOrder } from "../../core/ledger/venue-report.ts";
import { VenueSilence } from "../request/venue-reply.ts";
import { utcOfIstText } from "./ist-time.ts";

/** Ids are the segment's name and the exchange's number of the instrument: `XTS:NSECM-2885`. */
export const XTS_PREFIX = "XTS:";

/** Segments: the interactive side names them, market data number them. */
export const XTS_SEGMENTS: Readonly<Record<string, string>> = {
  NSECM: "1",
  NSEFO: "2",
  NSECD: "3",
  BSECM: "11",
  BSEFO: "12",
  BSECD: "13",
  NCDEX: "21",
  MCXFO: "51",
};
const SEGMENT_NAMES = new Map(Object.entries(XTS_SEGMENTS).map(([name, number]) => [number, name]));

export interface XtsInstrumentKey {
  readonly segment: string;
  readonly number: string;
}

const INSTRUMENT = /^XTS:([A-Z]{3,6})-(\d{1,12})$/;

/** Undefined for an id of another venue or of a segment that is not known. */
export function instrumentKey(id: string): XtsInstrumentKey | undefined {
  const match = INSTRUMENT.exec(id);
  return match === null || XTS_SEGMENTS[match[1]] === undefined ? undefined : { segment: match[1], number: match[2] };
}

/** The id of an instrument, of whose segment the name or the number is told. */
export function instrumentId(segment: string, number: string): string {
  return `${XTS_PREFIX}${SEGMENT_NAMES.get(segment) ?? segment}-${number}`;
}

// Numbers come as text: see `readJson`. Fields are often written as text already, and empty for none.
const NumberText = z.string().regex(/^-?\d{1,18}(\.\d{1,18})?$/, "must be a number");
const MaybeNumber = z.union([NumberText, z.literal("")]);
const Id = z.string().regex(/^\d{1,20}$/, "must be a number");
const Side = z.string().transform((text, context) => {
  const side = text.toLowerCase();
  if (side === "buy" || side === "sell") return side;
  context.addIssue({ code: "custom", message: "must be BUY or SELL" });
  return z.NEVER;
});

/** Names of fields in lower case: servers write AppOrderID and appOrderID. Of doubles the first counts. */
export function lowerNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const lower: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const key = name.toLowerCase();
    if (!Object.hasOwn(lower, key)) lower[key] = field;
  }
  return lower;
}

/** A row of a book, whatever the case of its fields. */
function row<S extends z.ZodRawShape>(shape: S) {
  return z.preprocess(lowerNames, z.object(shape));
}

export const XtsOrder = row({
  apporderid: Id,
  exchangesegment: z.string().max(10),
  exchangeinstrumentid: Id,
  orderside: Side,
  ordertype: z.string().max(20),
  orderprice: MaybeNumber.optional(),
  orderstopprice: MaybeNumber.optional(),
  orderquantity: NumberText,
  orderstatus: z.string().max(30),
  cumulativequantity: MaybeNumber.optional(),
  orderuniqueidentifier: z.string().max(64).optional(),
  cancelrejectreason: z.string().max(2_000).nullish(),
});
export type XtsOrder = z.infer<typeof XtsOrder>;

export const XtsTrade = row({
  apporderid: Id,
  exchangesegment: z.string().max(10),
  exchangeinstrumentid: Id,
  orderside: Side,
  executionid: z.string().min(1).max(40).optional(),
  tradeid: z.string().min(1).max(40).optional(),
  lasttradedprice: NumberText.optional(),
  tradedprice: NumberText.optional(),
  lasttradedquantity: NumberText.optional(),
  tradedquantity: NumberText.optional(),
  lastexecutiontransacttime: z.string().max(40).optional(),
  exchangetransacttime: z.string().max(40).optional(),
  ordergenerateddatetime: z.string().max(40).optional(),
  orderuniqueidentifier: z.string().max(64).optional(),
});
export type XtsTrade = z.infer<typeof XtsTrade>;

const XtsPosition = row({
  exchangesegment: z.string().max(10),
  exchangeinstrumentid: Id,
  quantity: NumberText,
  netamount: NumberText.optional(),
});

const ROWS_MAX = 20_000;
const Listed = z.union([z.array(z.unknown()).max(ROWS_MAX), z.literal("")]);
const Positions = z.union([
  z.array(z.unknown()).max(ROWS_MAX),
  z.object({ positionList: z.array(z.unknown()).max(ROWS_MAX) }),
]);
const Balances = z.object({
  BalanceList: z
    .array(
      z.object({
        limitHeader: z.string(),
        limitObject: z.object({ RMSSubLimits: z.object({ cashAvailable: NumberText }) }),
      }),
    )
    .min(1)
    .max(100),
});

/** Reads what the venue told. Throws VenueSilence for what has not its form: it says nothing that can be relied on. */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new VenueSilence(`the venue's ${what} must have its form, at ${field}`, { isSent: true });
}

export function readRows<T>(schema: z.ZodType<T>, result: unknown, what: string): T[] {
  const listed = readAs(Listed, result, what);
  return listed === "" ? [] : listed.map((each) => readAs(schema, each, what));
}

/** States by name and by number. One that is not known is open: an order is never ended by a word that nobody knows. */
const STATES: Readonly<Record<string, VenueOrder["status"]>> = {
  ...{ filled: "filled", "50": "filled", rejected: "rejected", "56": "rejected" },
  ...{ cancelled: "canceled", canceled: "canceled", "52": "canceled", expired: "expired" },
};

/** An order as the book shows it. Throws VenueSilence for numbers that cannot be. */
export function orderOf(order: XtsOrder): VenueOrder {
  const type = order.ordertype.toLowerCase();
  const hasLimit = type === "limit" || type === "stoplimit";
  const hasStop = type === "stoplimit" || type === "stopmarket";
  const identifier = order.orderuniqueidentifier ?? "";
  return certainly(() => ({
    clientOrderId: identifier === "" ? undefined : identifier,
    venueOrderId: order.apporderid,
    instrument: instrumentId(order.exchangesegment, order.exchangeinstrumentid),
    side: order.orderside,
    quantity: parseQuantity(order.orderquantity, "OrderQuantity"),
    limit: hasLimit ? priceOf(order.orderprice, "OrderPrice") : undefined,
    stop: hasStop ? priceOf(order.orderstopprice, "OrderStopPrice") : undefined,
    filled: parseQuantity(order.cumulativequantity || "0", "CumulativeQuantity"),
    status: STATES[order.orderstatus.toLowerCase()] ?? "open",
  }));
}

/**
 * A trade. A row without a number of its own could not be told from the next one of its order, so that nothing of the book
 * would be certain: throws VenueSilence.
 */
export function fillOf(trade: XtsTrade): VenueFill {
  const id = trade.executionid ?? trade.tradeid;
  const price = trade.lasttradedprice ?? trade.tradedprice;
  const quantity = trade.lasttradedquantity ?? trade.tradedquantity;
  const time = trade.lastexecutiontransacttime ?? trade.exchangetransacttime ?? trade.ordergenerateddatetime;
  if (id === undefined || price === undefined || quantity === undefined || time === undefined) {
    throw new VenueSilence("the venue's trades must have a number, a price, a quantity and a time", { isSent: true });
  }
  const identifier = trade.orderuniqueidentifier ?? "";
  const segment = SEGMENT_NAMES.get(trade.exchangesegment) ?? trade.exchangesegment;
  return certainly(() => ({
    // Exchanges number their trades each for itself.
    tradeId: `${segment}:${id}`,
    clientOrderId: identifier === "" ? undefined : identifier,
    venueOrderId: trade.apporderid,
    instrument: instrumentId(segment, trade.exchangeinstrumentid),
    quote: "INR",
    side: trade.orderside,
    quantity: parseQuantity(quantity, "quantity"),
    price: parsePrice(price, "price"),
    // Charges are not told by trade: they come with the broker's contract note.
    fee: 0n as Money,
    feeCurrency: "INR",
    liquidity: "taker",
    at: utcOfIstText(time),
  }));
}

/** Signed quantities by instrument, and what the day's trades have done to money. */
export function positionsOf(result: unknown): { readonly held: Map<string, Quantity>; readonly flows: Money } {
  const list = readAs(Positions, result, "positions");
  const held = new Map<string, Quantity>();
  let flows: Money = 0n as Money;
  for (const each of Array.isArray(list) ? list : list.positionList) {
    const position = readAs(XtsPosition, each, "positions");
    const id = instrumentId(position.exchangesegment, position.exchangeinstrumentid);
    // One instrument has a row for each product that it is held as.
    const quantity = add(
      held.get(id) ?? NO_QUANTITY,
      certainly(() => parsePosition(position.quantity, "Quantity")),
    );
    if (quantity === 0n) held.delete(id);
    else held.set(id, quantity);
    flows = add(
      flows,
      certainly(() => parseMoney(position.netamount ?? "0", "NetAmount")),
    );
  }
  return { held, flows };
}

/** Cash at the beginning of the day, over all segments. */
export function cashOf(result: unknown): Money {
  const { BalanceList: list } = readAs(Balances, result, "balance");
  const whole = list.find(({ limitHeader }) => limitHeader === "ALL|ALL|ALL") ?? list[0];
  return certainly(() => parseMoney(whole.limitObject.RMSSubLimits.cashAvailable, "cashAvailable"));
}

/** A price; zero and nothing at all stand for none. */
function priceOf(text: string | undefined, field: string): Price | undefined {
  return text === undefined || text === "" || /^0(?:\.0+)?$/.test(text) ? undefined : parsePrice(text, field);
}

/** Numbers that cannot be say nothing that can be relied on. */
function certainly<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new VenueSilence(error instanceof Error ? error.message : "a number cannot be read", { isSent: true });
  }
}

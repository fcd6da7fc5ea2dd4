import type { Price, Quantity } from "../../../workers/core/ledger/decimal.ts";
import { parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedKind, EmulatedTerms } from "../emulated-order.ts";
import { EmulatedError } from "./emulated-error.ts";

/** Parameters of a request, by name. */
export type Asked = ReadonlyMap<string, string>;

const CLIENT_ID = /^[a-zA-Z0-9-_]{1,36}$/;
const LIVES = { GTC: "rest", IOC: "ioc", FOK: "fok" } as const;

export function required(asked: Asked, name: string): string {
  const value = asked.get(name);
  if (value === undefined || value === "") {
    throw new EmulatedError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
  }
  return value;
}

function decimal<T>(read: (text: string, field: string) => T, asked: Asked, name: string): T {
  try {
    return read(required(asked, name), name);
  } catch (error) {
    if (error instanceof EmulatedError) throw error;
    throw new EmulatedError(-1100, `Illegal characters found in parameter '${name}'.`);
  }
}

const price = (asked: Asked, name: string): Price => decimal(parsePrice, asked, name);
const quantity = (asked: Asked, name: string): Quantity => decimal(parseQuantity, asked, name);

export function sideOf(asked: Asked, name: string): "buy" | "sell" {
  const side = required(asked, name);
  if (side !== "BUY" && side !== "SELL") throw new EmulatedError(-1117, "Invalid side.");
  return side === "BUY" ? "buy" : "sell";
}

export function clientIdOf(asked: Asked, name: string, fresh: () => string): string {
  const id = asked.get(name) ?? fresh();
  if (!CLIENT_ID.test(id)) throw new EmulatedError(-1100, `Illegal characters found in parameter '${name}'.`);
  return id;
}

interface TermsParts {
  /** Such as `pendingAbove`; empty for an order alone. */
  readonly prefix: string;
  readonly clientId: string;
  readonly side: "buy" | "sell";
  readonly quantity: Quantity;
}

/** An order's terms by the parameters of its place in a request. */
export function termsOf(asked: Asked, { prefix, clientId, side, quantity: size }: TermsParts): EmulatedTerms {
  const name = (own: string) => (prefix === "" ? own : `${prefix}${own[0].toUpperCase()}${own.slice(1)}`);
  const type = required(asked, name("type"));
  const symbol = required(asked, "symbol");
  const base = { clientId, symbol, side, quantity: size };
  const life = LIVES[(asked.get(name("timeInForce")) ?? "GTC") as keyof typeof LIVES];
  if (life === undefined) throw new EmulatedError(-1115, "Invalid timeInForce.");
  switch (type) {
    case "MARKET":
      return { ...base, kind: "market" };
    case "LIMIT":
      required(asked, name("timeInForce"));
      return { ...base, kind: "limit", limit: price(asked, name("price")), life };
    case "LIMIT_MAKER":
      return { ...base, kind: "limit", limit: price(asked, name("price")), makerOnly: true };
    case "STOP_LOSS":
    case "TAKE_PROFIT":
    case "STOP_LOSS_LIMIT":
    case "TAKE_PROFIT_LIMIT":
      return { ...base, ...stopTerms(asked, type, name), life };
    default:
      throw new EmulatedError(-1116, "Invalid orderType.");
  }
}

function stopTerms(asked: Asked, type: string, name: (own: string) => string) {
  const hasLimit = type.endsWith("_LIMIT");
  const takesProfit = type.startsWith("TAKE_PROFIT");
  const delta = asked.get(name("trailingDelta"));
  const limit = hasLimit ? { limit: price(asked, name("price")) } : {};
  if (delta === undefined) {
    const kind: EmulatedKind = hasLimit ? "stop-limit" : "stop";
    return { kind, ...limit, stop: price(asked, name("stopPrice")), takesProfit };
  }
  const bips = BigInt(delta);
  if (bips < 10n || bips > 2_000n) throw new EmulatedError(-1013, "Filter failure: TRAILING_DELTA");
  return { kind: "trailing-stop" as const, ...limit, trail: { bips }, takesProfit };
}

/** Terms of an order that stands alone, by its base or by what it may cost. */
export function singleTerms(asked: Asked, fresh: () => string, last: Price | undefined): EmulatedTerms {
  const clientId = clientIdOf(asked, "newClientOrderId", fresh);
  const side = sideOf(asked, "side");
  const cost = asked.get("quoteOrderQty");
  if (cost === undefined || last === undefined) {
    return termsOf(asked, { prefix: "", clientId, side, quantity: quantity(asked, "quantity") });
  }
  // Quantities of orders by their cost are cut to five places, as the lots of our instruments are.
  const size = ((parseQuantity(cost, "quoteOrderQty") * 100_000n) / last) * 10n ** 13n;
  return termsOf(asked, { prefix: "", clientId, side, quantity: size as Quantity });
}

/** The orders of a list: the one that works at once, where there is one, and those that wait or end one another. */
export function listTerms(path: string, asked: Asked, fresh: () => string) {
  const ids = (prefix: string) => clientIdOf(asked, `${prefix}ClientOrderId`, fresh);
  if (path === "oco") {
    const parts = { side: sideOf(asked, "side"), quantity: quantity(asked, "quantity") };
    const leg = (prefix: string) => termsOf(asked, { ...parts, prefix, clientId: ids(prefix) });
    return { working: undefined, pending: [leg("above"), leg("below")], sellsProceeds: false };
  }
  const working = termsOf(asked, {
    ...{ prefix: "working", clientId: ids("working"), side: sideOf(asked, "workingSide") },
    quantity: quantity(asked, "workingQuantity"),
  });
  if (working.kind !== "limit") throw new EmulatedError(-1116, "Invalid orderType.");
  const sellsProceeds = path.startsWith("opo");
  const size = sellsProceeds ? working.quantity : quantity(asked, "pendingQuantity");
  const parts = { side: sideOf(asked, "pendingSide"), quantity: size };
  const leg = (prefix: string) => termsOf(asked, { ...parts, prefix, clientId: ids(prefix) });
  const prefixes = path.endsWith("oco") ? ["pendingAbove", "pendingBelow"] : ["pending"];
  return { working, pending: prefixes.map(leg), sellsProceeds };
}

import { z } from "zod";
import { multiply, NO_QUANTITY, type Quantity, subtract } from "../../core/ledger/decimal.ts";
import { roundQuantityToLot } from "../../core/ledger/decimal-grid.ts";
import { parseDecimal, parseQuantity } from "../../core/ledger/decimal-text.ts";
import type { OrderToPlace } from "../broker.ts";
import { readReply, reliably } from "../request/read-reply.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import type { BinanceConnection } from "./connection.ts";
import type { BinanceError } from "./errors.ts";
import { Text } from "./parse.ts";
import type { BinanceSymbol } from "./rules.ts";
import type { Params } from "./sign.ts";

/** Most of an order's size that fees can have taken: five times what the venue asks of anybody. */
const FEES_MAX = parseDecimal("0.005", "share");
const NO_FUNDS = /insufficient balance/i;

const Balances = z.object({ balances: z.array(z.object({ asset: Text, free: Text, locked: Text })).max(10_000) });
export type BinanceBalance = z.infer<typeof Balances>["balances"][number];

/** What there is of each coin. Throws VenueSilence and VenueRefusal. */
export async function askBalances(connection: BinanceConnection): Promise<BinanceBalance[]> {
  const call = { method: "GET", path: "/api/v3/account", kind: "query", weight: 20 } as const;
  const body = await connection.ask({ ...call, params: [["omitZeroBalances", "true"]] });
  return readReply(body, Balances).balances;
}

/**
 * How much an order that closes may sell, where it was refused because there is less of the coin: fees are taken from what
 * is bought. Undefined where that is not why, or where more is missing than fees can explain.
 */
export async function closableRest(
  { reduceOnly, side, kind, legs, quantity }: OrderToPlace,
  { base, lot }: BinanceSymbol,
  { error, connection }: { readonly error: BinanceError | undefined; readonly connection: BinanceConnection },
): Promise<Quantity | undefined> {
  const isShort = error?.isDefinite === true && NO_FUNDS.test(error.message);
  if (!isShort || !reduceOnly || side !== "sell" || kind !== "market" || legs.length > 0 || lot === 0n)
    return undefined;
  const rest = roundQuantityToLot(await freeOf(base, connection), lot);
  const fees = multiply(quantity, FEES_MAX, { decimals: 18, rounding: "floor" }) as Quantity;
  return rest < quantity && rest >= subtract(quantity, fees) ? rest : undefined;
}

/** Of a coin what no order holds back; nothing where that is not answered. */
async function freeOf(asset: string, connection: BinanceConnection): Promise<Quantity> {
  try {
    const row = (await askBalances(connection)).find((each) => each.asset === asset);
    return reliably(() => parseQuantity(row?.free ?? "0", "free"));
  } catch (error) {
    if (error instanceof VenueSilence || error instanceof VenueRefusal) return NO_QUANTITY;
    throw error;
  }
}

/** The same order in another size. */
export function withQuantity(params: Params, quantity: string): Params {
  return params.map(([name, value]) => [name, name === "quantity" ? quantity : value] as const);
}

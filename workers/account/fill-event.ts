import { z } from "zod";
import { parseMoney, parsePrice, parseQuantity } from "../core/ledger/decimal-text.ts";

/** The detail of a fill's event as it is stored, read back as the fill it was. */
export const StoredFillEvent = z.object({
  type: z.literal("fill"),
  fill: z.object({
    tradeId: z.string(),
    quantity: z.string().transform((text) => parseQuantity(text, "quantity")),
    price: z.string().transform((text) => parsePrice(text, "price")),
    fee: z.string().transform((text) => parseMoney(text, "fee")),
    feeCurrency: z.string(),
    feeInKind: z.boolean().optional(),
    liquidity: z.enum(["maker", "taker"]),
    at: z.number(),
  }),
});

import { z } from "zod";
import { readReply } from "../request/read-reply.ts";
import type { VenueAccountFacts } from "../venue-client.ts";
import type { BinanceConnection } from "./connection.ts";
import { Text } from "./parse.ts";

/** Below a tenth: no account is made with rates above that (`FEE_RATE_MAX`). */
const Share = z.string().regex(/^0(\.0\d{0,11})?$/);

const Account = z.object({
  canTrade: z.boolean(),
  uid: Text.optional(),
  permissions: z.array(Text).max(100).optional(),
  // Only the estimate of a fee goes by them: what is no such share is as good as not told.
  commissionRates: z.object({ maker: Share, taker: Share }).optional().catch(undefined),
});

const Restrictions = z.object({
  ipRestrict: z.boolean(),
  enableReading: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
  enableInternalTransfer: z.boolean().optional(),
  permitsUniversalTransfer: z.boolean().optional(),
});

const FEES_IN_KIND =
  "Fees are taken from the coins that are bought, so that less than a lot of each stays behind: let them be paid in BNB.";
const Burn = z.object({ spotBNBBurn: z.boolean() });

/** What a key and its account may do. Throws VenueSilence and VenueRefusal. */
export async function binanceFacts(connection: BinanceConnection): Promise<VenueAccountFacts> {
  const call = { method: "GET", params: [], kind: "query" } as const;
  const account = readReply(await connection.ask({ ...call, path: "/api/v3/account", weight: 20 }), Account);
  const rates = account.commissionRates;
  const facts = {
    accountNumber: account.uid ?? "",
    currency: "USDT",
    permissions: account.permissions ?? [],
    ...(rates === undefined ? {} : { fees: { maker: rates.maker, taker: rates.taker } }),
  };
  if (!connection.hosts.hasWallet) {
    const warnings = account.canTrade ? [] : ["The account cannot trade."];
    return { ...facts, canTrade: account.canTrade, canWithdraw: undefined, addressBound: undefined, warnings };
  }
  const path = "/sapi/v1/account/apiRestrictions";
  const key = readReply(await connection.ask({ ...call, path, weight: 1 }), Restrictions);
  const burn = readReply(await connection.ask({ ...call, path: "/sapi/v1/bnbBurn", weight: 1 }), Burn);
  const canMove = key.enableWithdrawals || key.enableInternalTransfer === true || key.permitsUniversalTransfer === true;
  const canTrade = account.canTrade && key.enableSpotAndMarginTrading;
  const warnings = [
    ...(key.enableWithdrawals ? ["The key can withdraw money: make one that cannot."] : []),
    ...(canMove && !key.enableWithdrawals
      ? ["The key can transfer money to other accounts: make one that cannot."]
      : []),
    ...(key.ipRestrict ? [] : ["The key works from every address: bind it to the ones that it is used from."]),
    ...(burn.spotBNBBurn ? [] : [FEES_IN_KIND]),
    ...(canTrade ? [] : ["The key cannot trade on spot markets: allow spot trading."]),
  ];
  return { ...facts, canTrade, canWithdraw: canMove, addressBound: key.ipRestrict, warnings };
}

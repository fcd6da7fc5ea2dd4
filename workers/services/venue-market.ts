import { eq } from "drizzle-orm";
import { tradingAccounts } from "../../schema/tables/trading.ts";
import type { MarketData } from "../brokers/market-data.ts";
import { type StoredInstrument, venueInstrument } from "../brokers/stored-instrument.ts";
import type { VenueInstrument } from "../brokers/venue-client.ts";
import { notFound } from "../platform/problem-error.ts";
import { openConnectionData } from "./connections/connection-client.ts";
import type { ServiceContext } from "./service-context.ts";
import { accountObject } from "./trading/account-object-of.ts";

/** An instrument of an account at a venue, and where its candles come from. Throws 404. */
export async function venueMarket(
  ctx: ServiceContext,
  { accountId, instrument: id }: { readonly accountId: string; readonly instrument: string },
): Promise<{ data: MarketData; instrument: VenueInstrument }> {
  const account = await ctx.owned.find(tradingAccounts, eq(tradingAccounts.id, accountId));
  if (account?.market.kind !== "venue") throw notFound("market");
  const { object } = await accountObject(ctx, accountId);
  const known = structuredClone(await object.instruments({ ownerId: ctx.ownerId })) as StoredInstrument[];
  const stored = known.find((one) => one.id === id);
  if (stored === undefined) throw notFound("market");
  const instrument = venueInstrument(stored);
  const data = await openConnectionData(ctx, account.market.connectionId);
  return { data, instrument };
}

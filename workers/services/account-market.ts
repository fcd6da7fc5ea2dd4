import { eq } from "drizzle-orm";
import { tradingAccounts } from "../../schema/tables/trading.ts";
import { isSimulated, replayFeed } from "../feed/live/market-feed.ts";
import { notFound } from "../platform/problem-error.ts";
import type { ServiceContext } from "./service-context.ts";

/** Where an instrument's prices come from: the simulated market, a dataset that an account plays again, or a venue. */
export type InstrumentMarket =
  | { readonly kind: "sim" }
  | { readonly kind: "venue"; readonly accountId: string }
  | { readonly kind: "replay"; readonly accountId: string; readonly datasetId: string };

type MarketContext = Pick<ServiceContext, "env" | "ownerId" | "owned">;

/** The market of an instrument: of an account, or the simulated one where none is named. Throws 404. */
export async function instrumentMarket(
  ctx: MarketContext,
  { instrument, accountId }: { readonly instrument: string; readonly accountId?: string | undefined },
): Promise<InstrumentMarket> {
  if (accountId === undefined) {
    if (!isSimulated(instrument)) throw notFound("market");
    return { kind: "sim" };
  }
  const account = await ctx.owned.find(tradingAccounts, eq(tradingAccounts.id, accountId));
  if (account === undefined) throw notFound("account");
  if (account.market.kind === "sim") return instrumentMarket(ctx, { instrument });
  if (account.market.kind === "venue") {
    if (!account.market.instruments.includes(instrument)) throw notFound("market");
    return { kind: "venue", accountId };
  }
  const plays = await replayOf(ctx, accountId);
  if (plays === undefined) throw notFound("account");
  const played = plays.find((one) => one.instrument === instrument);
  if (played === undefined) throw notFound("market");
  return { kind: "replay", accountId, datasetId: played.datasetId };
}

/** Which dataset plays each instrument of an account; undefined where there is no such replay. */
async function replayOf(ctx: MarketContext, accountId: string) {
  const { object } = await replayFeed(ctx.env, { ownerId: ctx.ownerId, accountId });
  return object.plays({ ownerId: ctx.ownerId });
}

import type { AccountMarket } from "../../../schema/wire/trading.ts";
import { SIM_INSTRUMENTS } from "../../core/sim/sim-instrument.ts";
import type { Env } from "../../platform/env.ts";
import { objectName } from "../../platform/object-name.ts";
import type { FeedObject } from "./feed-object.ts";
import type { MarketFeed, MarketSubscriber } from "./market-port.ts";
import type { ReplayObject } from "./replay-object.ts";
import type { VenueMarketObject } from "./venue-market-object.ts";

/** An account and where its prices come from. */
export interface MarketAccount {
  readonly ownerId: string;
  readonly accountId: string;
  readonly market: AccountMarket;
}

/** Whether the simulated market has the instrument, such as SIM:BTC-USD. */
export function isSimulated(instrument: string): boolean {
  return SIM_INSTRUMENTS.some(({ id }) => id === instrument);
}

/** The object of a simulated instrument, and its name. Throws RangeError where there is no such instrument. */
export function simFeed(env: Env, instrument: string): { name: string; object: DurableObjectStub<FeedObject> } {
  if (!isSimulated(instrument))
    throw new RangeError(`instrument must be one of the simulated market, was ${instrument}`);
  return { name: instrument, object: env.FEED.getByName(instrument) };
}

/** The object of an account's replay, and its name. */
export async function replayFeed(
  env: Env,
  { ownerId, accountId }: { readonly ownerId: string; readonly accountId: string },
): Promise<{ name: string; object: DurableObjectStub<ReplayObject> }> {
  const name = await objectName({ kind: "replay", ownerId, id: accountId });
  return { name, object: env.REPLAY.getByName(name) };
}

/** The object of one instrument of an account at a venue, and its name. */
export async function venueFeed(
  env: Env,
  of: { readonly ownerId: string; readonly accountId: string; readonly instrument: string },
): Promise<{ name: string; object: DurableObjectStub<VenueMarketObject> }> {
  const { ownerId, accountId, instrument } = of;
  const name = await objectName({ kind: "venue-market", ownerId, id: `${accountId}:${instrument}` });
  return { name, object: env.MARKET.getByName(name) };
}

/** The object that feeds one instrument of an account. */
export async function marketFeed(
  env: Env,
  account: MarketAccount & { readonly instrument: string },
): Promise<Pick<MarketFeed, "minutes" | "last">> {
  if (account.market.kind === "sim") return asFeed(simFeed(env, account.instrument).object);
  if (account.market.kind === "venue") {
    return (await venueFeed(env, account)).object as unknown as Pick<MarketFeed, "minutes" | "last">;
  }
  return asFeed((await replayFeed(env, account)).object);
}

/** Subscribes to every instrument that the subscriber names; one that is subscribed already keeps its place. */
export async function subscribeToMarket(
  env: Env,
  account: MarketAccount & { readonly subscriber: MarketSubscriber },
): Promise<void> {
  const { ownerId, subscriber } = account;
  for (const feed of await feedsOf(env, account, subscriber.instruments)) await feed.subscribe({ ownerId, subscriber });
}

export async function unsubscribeFromMarket(
  env: Env,
  account: MarketAccount & { readonly name: string; readonly instruments: readonly string[] },
): Promise<void> {
  const { ownerId, name, instruments } = account;
  for (const feed of await feedsOf(env, account, instruments)) await feed.unsubscribe({ ownerId, name });
}

async function feedsOf(env: Env, account: MarketAccount, instruments: readonly string[]): Promise<MarketFeed[]> {
  if (account.market.kind === "venue") throw new Error("a venue tells its prices to its account alone");
  if (account.market.kind === "sim") return instruments.map((instrument) => asFeed(simFeed(env, instrument).object));
  return [asFeed((await replayFeed(env, account)).object)];
}

/** Both classes implement `MarketFeed`; the types of calls between objects only forget how long a row is. */
function asFeed(stub: DurableObjectStub<FeedObject> | DurableObjectStub<ReplayObject>): MarketFeed {
  return stub as unknown as MarketFeed;
}

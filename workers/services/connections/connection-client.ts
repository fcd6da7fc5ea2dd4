import { VenueCredentials } from "../../../schema/wire/connection.ts";
import type { MarketData } from "../../brokers/market-data.ts";
import { openMarketData, openVenueClient, type VenueDeps } from "../../brokers/registry.ts";
import type { VenueClient } from "../../brokers/venue-client.ts";
import { secretId } from "../../brokers/venue-keys.ts";
import { connectionDeps } from "../../connection/connection-port.ts";
import { openSecret } from "../../platform/vault.ts";
import type { ServiceContext } from "../service-context.ts";

type Whose = Pick<ServiceContext, "env" | "now" | "owned">;

/** The keys of a connection in the clear: for the one call that uses them. */
export async function openCredentials(
  ctx: Pick<ServiceContext, "env" | "owned">,
  id: string,
): Promise<VenueCredentials> {
  return VenueCredentials.parse(JSON.parse(await openSecret(ctx, secretId(id))));
}

/** What clients of a connection share, whoever opens them. */
export function depsOf({ env, now, owned }: Whose, connectionId: string): VenueDeps {
  return { env, now, ...connectionDeps(env, { ownerId: owned.ownerId, connectionId }) };
}

/** A client that speaks with the venue of a connection. Throws `VaultError` and `VenueRefusal`. */
export async function openConnection(ctx: Whose, connectionId: string): Promise<VenueClient> {
  return openVenueClient(depsOf(ctx, connectionId), await openCredentials(ctx, connectionId));
}

/** Market data of the venue of a connection. Throws as `openConnection`. */
export async function openConnectionData(ctx: Whose, connectionId: string): Promise<MarketData> {
  return openMarketData(depsOf(ctx, connectionId), await openCredentials(ctx, connectionId));
}

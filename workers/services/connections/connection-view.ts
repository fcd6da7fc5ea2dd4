import { eq } from "drizzle-orm";
import type { venueConnections } from "../../../schema/tables/connection.ts";
import { tradingAccounts } from "../../../schema/tables/trading.ts";
import { type BridgeAddress, CONNECTIONS_MAX, type Connection, isLiveMoney } from "../../../schema/wire/connection.ts";
import type { VenueStream } from "../../../schema/wire/venue-stream.ts";
import { hasSidecars } from "../../account/sidecar-hold.ts";
import { streamView } from "../../account/stream-view.ts";
import { connectionObject } from "../../connection/connection-port.ts";
import type { Env } from "../../platform/env.ts";
import { logEvent } from "../../platform/log-event.ts";
import { TIME_IS_UP, within } from "../../platform/within.ts";
import type { ServiceContext } from "../service-context.ts";

export type ConnectionRow = typeof venueConnections.$inferSelect;

/** How long the object of a connection may keep a list waiting, ms. */
const LINE_MS_MAX = 2_000;

/** A connection as its owner sees it. */
export async function connectionOf(
  ctx: Pick<ServiceContext, "owned" | "env">,
  row: ConnectionRow,
): Promise<Connection> {
  const accounts = await ctx.owned.list(tradingAccounts, {
    where: eq(tradingAccounts.connectionId, row.id),
    limit: CONNECTIONS_MAX,
  });
  const { ownerId: _, instrumentsAt: __, ...shown } = row;
  return {
    ...shown,
    isLive: isLiveMoney(row),
    accounts: accounts.map(({ id, name }) => ({ id, name })),
    line: row.venue === "MT5" ? await lineOf(ctx.env, row) : null,
  };
}

/** Where terminals dial this deployment; null where it has no sidecar with a port for them. */
export function bridgeOf(env: Env): BridgeAddress | null {
  const [, host, port] = /^([\w.-]+):(\d{1,5})$/.exec(env.BRIDGE_ADDRESS ?? "") ?? [];
  return host === undefined || !hasSidecars(env) ? null : { host, port: Number(port) };
}

/** How the line of a terminal stands; that it is asked for also keeps it held. */
async function lineOf(env: Env, { id, ownerId }: ConnectionRow): Promise<VenueStream> {
  const asked = { ownerId, connectionId: id, listener: undefined };
  try {
    const line = await within((await connectionObject(env, asked)).holdTerminal(asked), LINE_MS_MAX);
    // What the terminal told to be missing is between it and its accounts.
    if (line !== TIME_IS_UP) return streamView(line, { reconciledAt: Number.POSITIVE_INFINITY });
  } catch (error) {
    logEvent("terminal_line_unknown", { id, error });
  }
  return { state: "reconnecting", since: null, reason: "how its line stands is not known right now" };
}

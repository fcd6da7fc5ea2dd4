import { z } from "zod";
import { readReply } from "../request/read-reply.ts";
import type { BinanceConnection } from "./connection.ts";
import { Text } from "./parse.ts";

const Balances = z.object({ balances: z.array(z.object({ asset: Text, free: Text, locked: Text })).max(10_000) });
export type BinanceBalance = z.infer<typeof Balances>["balances"][number];

/** What there is of each coin. Throws VenueSilence and VenueRefusal. */
export async function askBalances(connection: BinanceConnection): Promise<BinanceBalance[]> {
  const call = { method: "GET", path: "/api/v3/account", kind: "query", weight: 20 } as const;
  const body = await connection.ask({ ...call, params: [["omitZeroBalances", "true"]] });
  return readReply(body, Balances).balances;
}

import type { Dataset } from "../../schema/wire/dataset.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import type { newClient } from "./test-client.ts";

/** An account on a fast replay of the simulated minutes of BTC-USD from an instant on, UTC ms. */
export async function openReplayAccount(client: Awaited<ReturnType<typeof newClient>>, from: number) {
  const { rows } = await client.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
  const dataset = rows.find((row) => row.instrument.symbol === "BTC-USD" && row.timeframe === "1m");
  if (dataset === undefined) throw new Error("the minutes of BTC-USD must be there");
  const market = { kind: "replay", datasetIds: [dataset.id], from, speed: 1_000 };
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "Replay", market }, 201);
  return { dataset, account };
}

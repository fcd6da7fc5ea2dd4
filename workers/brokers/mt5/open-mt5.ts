import type { MarketData } from "../market-data.ts";
import { mt5MarketData, type ServerClock } from "./candles.ts";
import { Mt5Client, type Mt5ClientParts } from "./client.ts";

export interface Mt5Parts extends Mt5ClientParts {
  /** How the broker's clock runs; that of most where it is left out. */
  readonly clock?: ServerClock;
}

/** A terminal's account, put together. Its stream is the same line: a sidecar tells it to the account. */
export function openMt5({ clock = { rule: "new-york-close" }, ...parts }: Mt5Parts): {
  readonly client: Mt5Client;
  readonly market: MarketData;
} {
  const client = new Mt5Client(parts);
  return { client, market: mt5MarketData(client, { line: parts.line, clock, now: parts.now }) };
}

import { ALWAYS_OPEN, US_STOCK } from "../../core/candle/trading-calendar.ts";
import type { VenueInstrument } from "../venue-client.ts";
import type { AccountRequests } from "./account-requests.ts";
import { ALPACA, CURRENCY, instrumentId } from "./parse.ts";
import { type AlpacaAsset, assetsReply } from "./payloads.ts";

/** Bytes of all stocks of the United States: some twelve thousand, less than a thousand bytes each. */
const ASSETS_BYTES_MAX = 24 * 1024 * 1024;
/** Prices below one dollar may have four decimals; two are right for all. */
const STOCK_TICK = 0.01;
/** Parts of a share have nine decimals. */
const SHARE_LOT = 0.000_000_001;
/** The least that an order may be worth, dollars. */
const NOTIONAL_MIN = 1;

/** Stocks, and coins that are paid in dollars. */
export async function alpacaInstruments(account: AccountRequests): Promise<readonly VenueInstrument[]> {
  const ask = async (kind: string) => {
    const path = `/v2/assets?status=active&asset_class=${kind}`;
    return (await account.ask(assetsReply, path, { kind: "data", bytesMax: ASSETS_BYTES_MAX })) ?? [];
  };
  const assets = [...(await ask("us_equity")), ...(await ask("crypto"))];
  return assets.flatMap((asset) => instrumentOf(asset) ?? []);
}

/** An asset as it is traded; undefined for what we do not trade. */
export function instrumentOf(asset: AlpacaAsset): VenueInstrument | undefined {
  const { symbol, tradable } = asset;
  const status = asset.status === "active" ? (tradable ? "trading" : "halted") : "delisted";
  const common = {
    ...{ id: instrumentId(symbol), venue: ALPACA, symbol, nativeId: symbol, quote: CURRENCY },
    ...{ quantityMax: undefined, notionalMin: NOTIONAL_MIN },
  };
  if (asset.class === "us_equity" && /^[A-Z0-9.]{1,16}$/.test(symbol)) {
    const lot = asset.fractionable ? SHARE_LOT : 1;
    return {
      ...common,
      ...{ kind: "stock", base: symbol, tick: STOCK_TICK, lot, quantityMin: lot, daysPerYear: 252, calendar: US_STOCK },
      ...{ kinds: ["market", "limit", "stop", "stop-limit", "trailing-stop"], status },
    };
  }
  const [, base] = /^([A-Z0-9]{1,16})\/USD$/.exec(symbol) ?? [];
  if (asset.class !== "crypto" || base === undefined) return undefined;
  const { min_trade_increment: lot, price_increment: tick, min_order_size: least } = asset;
  return {
    ...common,
    ...{ kind: "crypto", base, tick: stepOf(tick), lot: stepOf(lot), quantityMin: stepOf(least) },
    ...{ daysPerYear: 365, calendar: ALWAYS_OPEN, kinds: ["market", "limit", "stop-limit"], status },
  };
}

function stepOf(text: string | null | undefined): number {
  const step = Number(text ?? "0");
  if (!Number.isFinite(step) || step < 0) throw new RangeError(`an asset's step must be 0 or above, was ${text}`);
  return step;
}

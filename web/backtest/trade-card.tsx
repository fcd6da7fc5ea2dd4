// biome-ignore-all lint/a11y/useSemanticElements: a card stands for a row of the table of trades, whose rows are placed by themselves.
import type { Trade } from "../../schema/wire/report.ts";
import { formatMoney, formatPercent, formatPrice } from "../format/format.ts";
import { formatDateTime } from "../format/time.ts";
import { Signed } from "../ui/signed.tsx";
import { exitWords, type TradeContext } from "./trade-columns.tsx";

/** A trade where there is no room for a table. */
export function TradeCard({ trade, context }: { trade: Trade; context: TradeContext }) {
  const tick = context.tickOf(trade.symbol);
  return (
    <div role="cell" className="num flex h-full flex-col justify-center gap-0.5">
      <div className="flex justify-between gap-3 text-base">
        <span className="truncate font-medium">
          <span className="text-faint">#{trade.id}</span> {trade.side === "long" ? "Long" : "Short"} {trade.symbol}
        </span>
        <Signed value={trade.profit} className="shrink-0 font-medium">
          {formatMoney(trade.profit, context.currency, { sign: "always" })}
        </Signed>
      </div>
      <div className="flex justify-between gap-3 text-muted">
        <span className="truncate">
          {formatPrice(trade.entryPrice, tick)} → {formatPrice(trade.exitPrice, tick)} · {exitWords(trade.exitReason)}
        </span>
        <Signed value={trade.profit} className="shrink-0">
          {formatPercent(trade.profitShare, { sign: "always" })}
        </Signed>
      </div>
      <div className="truncate text-faint">
        {formatDateTime(trade.entryTime)} → {trade.exitTime === null ? "open" : formatDateTime(trade.exitTime)}
      </div>
    </div>
  );
}

import type { Fill } from "../../schema/wire/trading.ts";
import { formatAmount, formatDecimalPrice, formatDecimalQuantity } from "../format/decimal.ts";
import { Moment } from "../ui/moment.tsx";
import type { RecordColumn } from "../ui/record-table.tsx";
import { instrumentName } from "./instrument-name.ts";

/** The columns of executions. `market` where they may be of several. */
export function fillColumns({ market }: { market: boolean }): readonly RecordColumn<Fill>[] {
  return [
    {
      title: "Trade",
      left: true,
      cell: ({ side, quantity, instrument }) => (
        <span className="font-medium">
          {side === "buy" ? "Bought" : "Sold"} {formatDecimalQuantity(quantity)} {market && instrumentName(instrument)}
        </span>
      ),
    },
    { title: "Price", cell: ({ price }) => formatDecimalPrice(price) },
    { title: "Fee", cell: ({ fee, feeCurrency }) => formatAmount(fee, feeCurrency) },
    { title: "Liquidity", left: true, cell: ({ liquidity }) => liquidity },
    { title: "When", cell: ({ at }) => <Moment timeMs={at} /> },
  ];
}

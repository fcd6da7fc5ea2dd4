import type { Fill } from "../../schema/wire/trading.ts";
import { formatAmount, formatDecimalPrice, formatDecimalQuantity } from "../format/decimal.ts";
import { Moment } from "../ui/moment.tsx";
import type { RecordColumn } from "../ui/record-table.tsx";
import { instrumentName } from "./instrument-name.ts";

/** The columns of executions. `market` where they may be of several. */
export function fillColumns({ market }: { market: boolean }): readonly RecordColumn<Fill>[] {
  const name: RecordColumn<Fill> = {
    title: "Market",
    left: true,
    cell: ({ instrument }) => instrumentName(instrument),
  };
  return [
    {
      title: "Trade",
      left: true,
      cell: ({ side, quantity }) => `${side === "buy" ? "Bought" : "Sold"} ${formatDecimalQuantity(quantity)}`,
    },
    { title: "Price", cell: ({ price }) => formatDecimalPrice(price) },
    ...(market ? [name] : []),
    { title: "Fee", cell: ({ fee, feeCurrency }) => formatAmount(fee, feeCurrency) },
    { title: "Liquidity", left: true, cell: ({ liquidity }) => liquidity },
    { title: "When", cell: ({ at }) => <Moment timeMs={at} /> },
  ];
}

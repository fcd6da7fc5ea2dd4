import type { ReactNode } from "react";
import type { Fill } from "../../schema/wire/trading.ts";
import { formatAmount, formatDecimalPrice, formatDecimalQuantity } from "../format/decimal.ts";
import { Moment } from "../ui/moment.tsx";
import type { RecordColumn } from "../ui/record-table.tsx";
import { instrumentName } from "./instrument-name.ts";

interface FillColumns {
  /** They may be of several markets. */
  readonly market: boolean;
  /** Of which account an execution is; absent where they are of one alone. */
  readonly accountOf?: ((fill: Fill) => ReactNode) | undefined;
}

/** The columns of executions. */
export function fillColumns({ market, accountOf }: FillColumns): readonly RecordColumn<Fill>[] {
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
    ...(accountOf === undefined ? [] : [{ title: "Account", left: true, ownRow: true, cell: accountOf }]),
    { title: "Fee", cell: ({ fee, feeCurrency }) => formatAmount(fee, feeCurrency) },
    { title: "Liquidity", left: true, cell: ({ liquidity }) => liquidity },
    { title: "When", cell: ({ at }) => <Moment timeMs={at} /> },
  ];
}

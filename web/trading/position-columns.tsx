import {
  decimalNumber,
  formatAmount,
  formatDecimalPrice,
  formatDecimalQuantity,
  formatMeanPrice,
} from "../format/decimal.ts";
import { Moment } from "../ui/moment.tsx";
import type { RecordColumn } from "../ui/record-table.tsx";
import { Signed } from "../ui/signed.tsx";
import { instrumentName } from "./instrument-name.ts";

/** What every kind of position has. */
export interface Holding {
  readonly instrument: string;
  readonly quantity: string;
  readonly averagePrice: string;
  readonly mark: string | null;
  readonly markAt?: number | null;
  readonly unrealised: string | null;
}

/** The columns of what is held, its profit in `currency`. */
export function positionColumns<T extends Holding>(currency: string): readonly RecordColumn<T>[] {
  return [
    {
      title: "Position",
      left: true,
      cell: ({ instrument, quantity }) => (
        <span className="font-medium">
          {sideWord(quantity)} {formatDecimalQuantity(quantity.replace("-", ""))} {instrumentName(instrument)}
        </span>
      ),
    },
    {
      title: "Profit if closed",
      cell: ({ unrealised }) => (
        <Signed value={decimalNumber(unrealised)}>{formatAmount(unrealised, currency, { sign: "always" })}</Signed>
      ),
    },
    { title: "Paid on average", cell: ({ averagePrice }) => formatMeanPrice(averagePrice) },
    {
      title: "Price now",
      cell: ({ mark, markAt }) => (
        <span title={markAt === null || markAt === undefined ? undefined : new Date(markAt).toISOString()}>
          {formatDecimalPrice(mark)}
        </span>
      ),
    },
    {
      title: "Worth",
      cell: ({ mark, quantity }) => formatAmount(worthOf(mark, quantity), currency),
    },
  ];
}

/** "Long" or "Short" by the sign of a quantity. */
export function sideWord(quantity: string): "Long" | "Short" | "Flat" {
  const value = Number(quantity);
  return value === 0 ? "Flat" : value > 0 ? "Long" : "Short";
}

/** What a flatten of the position would do: "sell 0.42 BTC". */
export function closingWords(position: Pick<Holding, "instrument" | "quantity">, base: string): string {
  return `${Number(position.quantity) > 0 ? "sell" : "buy back"} ${sizeWords(position, base)}`;
}

/** What the position is: "0.42 BTC", "3.5 ETH sold short". */
export function heldWords(position: Pick<Holding, "instrument" | "quantity">, base: string): string {
  return `${sizeWords(position, base)}${Number(position.quantity) < 0 ? " sold short" : ""}`;
}

function sizeWords({ instrument, quantity }: Pick<Holding, "instrument" | "quantity">, base: string): string {
  return `${formatDecimalQuantity(quantity.replace("-", ""))} ${base === "" ? instrumentName(instrument) : base}`;
}

/** The market's time of something, or a dash. */
export function MomentOrNone({ timeMs }: { timeMs: number | null }) {
  return timeMs === null ? <span>—</span> : <Moment timeMs={timeMs} />;
}

function worthOf(mark: string | null, quantity: string): string | null {
  return mark === null ? null : String(Math.abs(Number(mark) * Number(quantity)));
}

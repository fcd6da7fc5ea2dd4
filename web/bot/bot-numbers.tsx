import type { ReactNode } from "react";
import type { BotState } from "../../schema/wire/bot.ts";
import { decimalNumber, formatAmount } from "../format/decimal.ts";
import { formatCount, formatPercent } from "../format/format.ts";
import { classNames } from "../ui/class-names.ts";
import { Hint } from "../ui/hint.tsx";
import { Ago, useNow } from "../ui/moment.tsx";
import { Signed } from "../ui/signed.tsx";
import { decisionNote, dueWords } from "./decision-words.ts";

interface BotNumbersProps {
  readonly state: BotState | null;
  readonly currency: string;
  readonly capital: string;
  /** Its market's time is everybody's, so that it is known between two candles too. */
  readonly realTime: boolean;
}

/** The numbers of a bot that matter most. */
export function BotNumbers({ state, currency, capital, realTime }: BotNumbersProps) {
  const now = useNow(1_000);
  const profit = decimalNumber(state?.profit);
  const start = Number(capital);
  const shadow = state?.shadow ?? null;
  const signals = state?.signals ?? null;
  return (
    <dl className="card grid grid-cols-2 overflow-hidden sm:grid-cols-3 lg:grid-cols-6">
      <Item label="Equity" hint="Its capital and what it made of it, open positions included.">
        {formatAmount(state?.equity, currency)}
      </Item>
      <Item
        label="Profit"
        hint="Since it was first started, fees paid."
        note={formatPercent(profit === null || !(start > 0) ? null : profit / start, { sign: "always" })}
      >
        <Money text={state?.profit} currency={currency} />
      </Item>
      <Item label="Today" hint="Since midnight UTC of its market.">
        <Money text={state?.profitToday} currency={currency} />
      </Item>
      <Item label="Trades" hint="Positions that it opened and closed.">
        {formatCount(state?.trades)}
      </Item>
      {signals === null ? (
        <Item
          label="Beside its backtest"
          hint="Its equity less that of the same strategy tested on the same candles. Near zero, the test can be believed; far below, something costs what the test does not know."
        >
          <Money text={shadow?.difference} currency={currency} />
        </Item>
      ) : (
        <Item
          label="Last heard"
          hint="When its address was last sent something that was understood. Signals drive this bot, so that no backtest stands beside it."
          note={signals.waiting === 0 ? undefined : `${formatCount(signals.waiting)} waiting`}
        >
          {signals.heardAt === null ? "—" : <Ago timeMs={signals.heardAt} />}
        </Item>
      )}
      <Item
        label={signals === null ? "Next decision" : "Next candle"}
        hint="Until the next candle closes, in the time of its market, and how late the last decision was."
        note={decisionNote(state, realTime)}
      >
        {dueWords(state, realTime ? now : (state?.marketAt ?? null))}
      </Item>
    </dl>
  );
}

function Money({ text, currency }: { text: string | null | undefined; currency: string }) {
  return <Signed value={decimalNumber(text)}>{formatAmount(text, currency, { sign: "always" })}</Signed>;
}

function Item(props: { label: string; hint: string; note?: string | undefined; children: ReactNode }) {
  return (
    <div
      className={classNames(
        "min-w-0 border-line px-4 py-3",
        // Lines between the cells at two, three and six in a row.
        "max-sm:odd:border-r max-sm:[&:nth-child(n+3)]:border-t",
        "sm:max-lg:[&:not(:nth-child(3n))]:border-r sm:max-lg:[&:nth-child(n+4)]:border-t lg:[&:not(:last-child)]:border-r",
      )}
    >
      <dt className="flex items-center gap-1 text-table text-muted">
        {props.label}
        <Hint label={props.label}>{props.hint}</Hint>
      </dt>
      <dd className="num mt-0.5">
        <span className="text-[16px] font-semibold whitespace-nowrap">{props.children}</span>
        {props.note !== undefined && (
          <span className="ml-2 text-table whitespace-nowrap text-muted max-xl:ml-0 max-xl:block">{props.note}</span>
        )}
      </dd>
    </div>
  );
}

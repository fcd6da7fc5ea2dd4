import type { BotState } from "../../schema/wire/bot.ts";
import { decimalNumber, formatAmount } from "../format/decimal.ts";
import { formatMoney } from "../format/format.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { Moment } from "../ui/moment.tsx";
import { RecordTable } from "../ui/record-table.tsx";
import { Signed } from "../ui/signed.tsx";
import { effectOf, SHADOW_KINDS, type ShadowKind, type ShadowRow, shadowRows } from "./shadow-rows.ts";

/** The bot beside its own backtest on the same candles, and where the difference comes from. */
export function ShadowPanel({ shadow, currency }: { shadow: BotState["shadow"]; currency: string }) {
  if (shadow === null) {
    return (
      <p className="px-4 py-6 text-muted">
        Once the bot has traded, the same strategy runs beside it on the same candles, and each difference is told with
        its cause.
      </p>
    );
  }
  return (
    <div className="grid gap-5 px-4 py-4">
      <p className="num">
        The bot stands <Amount value={decimalNumber(shadow.difference)} currency={currency} className="font-semibold" />{" "}
        beside a backtest that stands at {formatAmount(shadow.equity, currency)} on the same candles.
      </p>
      <dl className="num grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 lg:grid-cols-6">
        {SHADOW_KINDS.map(({ kind, label, what }) => (
          <div key={kind} className="min-w-0">
            <dt className="text-table text-muted">{label}</dt>
            <dd>
              <Amount value={effectOf(shadow.byKind[kind])} currency={currency} className="font-semibold" />
              <span className="block text-table text-muted">{what}</span>
            </dd>
          </div>
        ))}
      </dl>
      {shadow.latest.length > 0 && (
        <div className="-mx-4 border-t border-line">
          <RecordTable
            label="Latest differences"
            rows={shadowRows(shadow.latest)}
            keyOf={({ key }) => key}
            columns={[
              { title: "Market", left: true, cell: ({ instrument }) => instrumentName(instrument) },
              { title: "Made of it", cell: ({ effect }) => <Amount value={effect} currency={currency} /> },
              { title: "By", left: true, wrap: true, cell: ({ effects }) => <Effects {...{ effects, currency }} /> },
              { title: "What", left: true, wrap: true, cell: ({ words }) => words },
              { title: "When", cell: ({ at }) => <Moment timeMs={at} /> },
            ]}
          />
        </div>
      )}
    </div>
  );
}

/** The kinds of an order's difference, with the share of each where there are several. */
function Effects({ effects, currency }: { effects: ShadowRow["effects"]; currency: string }) {
  const label = (kind: ShadowKind) => SHADOW_KINDS.find((row) => row.kind === kind)?.label ?? kind;
  if (effects.length === 1) return label(effects[0].kind);
  return (
    <span className="flex flex-wrap gap-x-3">
      {effects.map(({ kind, amount }) => (
        <span key={kind} className="whitespace-nowrap">
          {label(kind)} <Amount value={amount} currency={currency} />
        </span>
      ))}
    </span>
  );
}

function Amount({ value, currency, className }: { value: number | null; currency: string; className?: string }) {
  return (
    <Signed value={value} {...(className === undefined ? {} : { className })}>
      {formatMoney(value, currency, { sign: "always" })}
    </Signed>
  );
}

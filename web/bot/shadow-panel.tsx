import type { BotState, ShadowDifference } from "../../schema/wire/bot.ts";
import { decimalNumber, formatAmount } from "../format/decimal.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { Moment } from "../ui/moment.tsx";
import { RecordTable } from "../ui/record-table.tsx";
import { Signed } from "../ui/signed.tsx";

type Kind = ShadowDifference["kind"];

/** Why a bot and its backtest part, in the order that is looked at. */
const KINDS: readonly { readonly kind: Kind; readonly label: string; readonly what: string }[] = [
  { kind: "price", label: "Price", what: "filled at another price" },
  { kind: "delay", label: "Delay", what: "filled later" },
  { kind: "fee", label: "Fees", what: "paid other fees" },
  { kind: "quantity", label: "Quantity", what: "traded another size, by a cap or by its cash" },
  { kind: "missed", label: "Missed", what: "the backtest traded, the bot did not" },
  { kind: "extra", label: "Extra", what: "the bot traded, the backtest did not" },
];

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
        The bot stands <Amount text={shadow.difference} currency={currency} className="font-semibold" /> beside a
        backtest that stands at {formatAmount(shadow.equity, currency)} on the same candles.
      </p>
      <dl className="num grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 lg:grid-cols-6">
        {KINDS.map(({ kind, label, what }) => (
          <div key={kind} className="min-w-0">
            <dt className="text-table text-muted">{label}</dt>
            <dd>
              <Amount text={effectOf(shadow.byKind[kind])} currency={currency} className="font-semibold" />
              <span className="block text-table text-muted">{what}</span>
            </dd>
          </div>
        ))}
      </dl>
      {shadow.latest.length > 0 && (
        <div className="-mx-4 border-t border-line">
          <RecordTable
            label="Latest differences"
            rows={shadow.latest}
            keyOf={({ at, instrument, kind, side }) => `${at} ${instrument} ${kind} ${side}`}
            columns={[
              {
                title: "Difference",
                left: true,
                cell: ({ kind }) => KINDS.find((row) => row.kind === kind)?.label ?? kind,
              },
              { title: "Made of it", cell: ({ cost }) => <Amount text={effectOf(cost)} currency={currency} /> },
              { title: "Market", left: true, cell: ({ instrument }) => instrumentName(instrument) },
              { title: "What", left: true, wrap: true, cell: ({ detail }) => detail },
              { title: "When", cell: ({ at }) => <Moment timeMs={at} /> },
            ]}
          />
        </div>
      )}
    </div>
  );
}

/** What a cost did to the bot's equity: the other sign. */
function effectOf(cost: string): string {
  if (Number(cost) === 0) return "0";
  return cost.startsWith("-") ? cost.slice(1) : `-${cost}`;
}

function Amount({ text, currency, className }: { text: string; currency: string; className?: string }) {
  return (
    <Signed value={decimalNumber(text)} {...(className === undefined ? {} : { className })}>
      {formatAmount(text, currency, { sign: "always" })}
    </Signed>
  );
}

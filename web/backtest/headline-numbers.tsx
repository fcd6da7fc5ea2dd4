import type { Statistics } from "../../schema/wire/report.ts";
import { formatCount, formatMoney, formatNumber, formatPercent, NONE } from "../format/format.ts";
import { classNames } from "../ui/class-names.ts";
import { Hint } from "../ui/hint.tsx";
import { formatStatistic, statisticItem } from "./statistic-list.ts";

interface HeadlinePlace {
  readonly currency: string;
  /** Markets of the run. */
  readonly markets: number;
}

interface HeadlineNumber {
  readonly key: "netProfit" | "cagr" | "maxDrawdown" | "sharpe" | "profitFactor" | "winRate" | "trades" | "exposure";
  /** The same number of buying at the start and holding. */
  readonly hold: (statistics: Statistics, place: HeadlinePlace) => string;
  readonly note?: (statistics: Statistics) => string | undefined;
  readonly tone?: (statistics: Statistics) => number | null;
}

const NUMBERS: readonly HeadlineNumber[] = [
  {
    key: "netProfit",
    hold: (s, { currency }) =>
      s.buyHoldReturn === null
        ? NONE
        : formatMoney(s.buyHoldReturn * s.initialCash, currency, { sign: "always", digits: 0 }),
    note: (s) => formatPercent(s.totalReturn, { sign: "always" }),
    tone: (s) => s.netProfit,
  },
  {
    key: "cagr",
    hold: (s) => formatPercent(s.buyHoldCagr, { sign: "always" }),
    note: (s) => (s.finalEquity <= 0 ? "nothing is left to grow" : undefined),
    tone: (s) => s.cagr,
  },
  { key: "maxDrawdown", hold: (s) => formatPercent(s.buyHoldMaxDrawdown) },
  {
    key: "sharpe",
    hold: (s) => formatNumber(s.buyHoldSharpe),
    note: (s) => (s.deflatedSharpe === null ? undefined : `deflated ${formatPercent(s.deflatedSharpe, { digits: 0 })}`),
  },
  { key: "profitFactor", hold: () => NONE },
  { key: "winRate", hold: () => NONE },
  {
    key: "trades",
    // One purchase of each market, with equal shares of the cash.
    hold: (_, { markets }) => formatCount(markets),
    note: (s) => (s.openTrades > 0 ? `${formatCount(s.openTrades)} still open` : undefined),
  },
  { key: "exposure", hold: () => formatPercent(1, { digits: 0 }) },
];

/** The eight numbers that matter most, each beside what buying and holding would have given. */
export function HeadlineNumbers({
  statistics,
  ...place
}: HeadlinePlace & {
  readonly statistics: Statistics;
}) {
  return (
    <>
      <dl className="card grid grid-cols-2 overflow-hidden sm:grid-cols-4">
        {NUMBERS.map((number, index) => (
          <div
            key={number.key}
            className={classNames(
              "min-w-0 border-line px-4 py-3",
              index % 4 !== 0 && "sm:border-l",
              index % 2 !== 0 && "max-sm:border-l",
              index >= 4 && "sm:border-t",
              index >= 2 && "max-sm:border-t",
            )}
          >
            <dt className="flex items-center gap-1 text-table text-muted">
              {statisticItem(number.key).label}
              <Hint label={statisticItem(number.key).label}>{statisticItem(number.key).hint}</Hint>
            </dt>
            <dd>
              <Main number={number} statistics={statistics} currency={place.currency} />
              <div className="num mt-0.5 text-table text-muted">
                <span className="text-faint">Buy and hold</span> {number.hold(statistics, place)}
              </div>
            </dd>
          </div>
        ))}
      </dl>
      {place.markets > 1 && (
        <p className="mt-2 text-table text-muted">
          Trades of all {place.markets} markets are counted together. Buy and hold splits the same cash equally over
          them and buys each once.
        </p>
      )}
    </>
  );
}

function Main({ number, statistics, currency }: { number: HeadlineNumber; statistics: Statistics; currency: string }) {
  const tone = number.tone?.(statistics) ?? 0;
  const note = number.note?.(statistics);
  const text =
    number.key === "netProfit"
      ? formatMoney(statistics.netProfit, currency, { sign: "always", digits: 0 })
      : formatStatistic(statistics, number.key, currency);
  return (
    <div className="flex flex-wrap items-baseline gap-x-2">
      <span
        className={classNames(
          "num text-headline leading-9 font-semibold tracking-[-0.02em] whitespace-nowrap max-xl:text-[24px] max-sm:text-[20px] max-sm:leading-7",
          tone > 0 && "text-profit",
          tone < 0 && "text-loss",
        )}
      >
        {text}
      </span>
      {note !== undefined && <span className="num text-table whitespace-nowrap text-muted">{note}</span>}
    </div>
  );
}

import { useEffect, useMemo, useRef } from "react";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import { type ChartHandle, ChartView } from "../chart/chart-view.tsx";
import { formatDecimalPrice } from "../format/decimal.ts";
import { formatCount } from "../format/format.ts";
import { formatDateTime } from "../format/time.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { LivePart } from "../trading/live-part.tsx";
import type { LiveMarket } from "../trading/use-market.ts";
import { Button } from "../ui/button.tsx";
import { Connection } from "../ui/connection.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Failure, Skeleton } from "../ui/states.tsx";
import { botChartSpec, lifeSpan } from "./bot-chart-spec.ts";
import { CHART_FILLS_MAX, markedFrom } from "./chart-fills.ts";
import { useChartFills } from "./use-chart-fills.ts";

/** Candles from which on a chart is not wider than what it shows. */
const FILLS_SCREEN_CANDLES = 120;

interface BotChartProps {
  readonly bot: Bot;
  readonly state: BotState | null;
  readonly instrument: string;
  /** The market's time at which the bot began; null before that. */
  readonly beganAt: number | null;
  readonly live: LiveMarket;
  readonly onInstrument: (instrument: string) => void;
}

/** The market as it runs, with the bot's signals, orders, fills and stops on it. */
export function BotChart({ bot, state, instrument, beganAt, live, onInstrument }: BotChartProps) {
  const chart = useRef<ChartHandle>(null);
  const { timeframe, instruments } = bot.definition;
  const alone = instruments.length === 1;
  const { candles, series, whole, asOf, market, connection } = live;
  const price = market?.price ?? null;
  const { fills, loaded, failed } = useChartFills({ botId: bot.id, instrument }, state?.fills);
  const spec = useMemo(
    () =>
      series === undefined ? undefined : botChartSpec(state, { instrument, alone, beganAt, price, fills }, series),
    [series, state, instrument, alone, beganAt, price, fills],
  );
  const length = series?.time.length ?? 0;
  const last = series?.time.at(-1);
  const life =
    beganAt === null || last === undefined ? undefined : lifeSpan(beganAt, last, timeframeLengthMs(timeframe));
  // A market that has just begun is shown whole until it fills the screen; after that it is the person's to move.
  useEffect(() => {
    if (length > 0 && length < FILLS_SCREEN_CANDLES) chart.current?.fit();
  }, [length]);
  return (
    <section aria-label="Chart" className="card min-w-0 overflow-hidden">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2">
        {instruments.length > 1 ? (
          <Segmented
            label="Market"
            value={instrument}
            className="max-w-full flex-wrap"
            choices={instruments.map((value) => ({ value, label: instrumentName(value) }))}
            onChange={onInstrument}
          />
        ) : (
          <span className="font-medium">{instrumentName(instrument)}</span>
        )}
        <span className="num font-semibold">{formatDecimalPrice(market?.price)}</span>
        {market?.stale === true && <span className="text-danger">the price is old: the feed is silent</span>}
        <span className="ml-auto inline-flex items-center gap-3">
          <Connection state={connection} />
          {life !== undefined && (
            <Button kind="quiet" className="min-h-7 px-2 text-table" onClick={() => chart.current?.show(life)}>
              Since it began
            </Button>
          )}
          <Button kind="quiet" className="min-h-7 px-2 text-table" onClick={() => chart.current?.fit()}>
            All
          </Button>
        </span>
      </div>
      {candles.isError && spec === undefined ? (
        <Failure error={candles.error} title="The candles could not be loaded" onRetry={() => void candles.refetch()} />
      ) : spec === undefined ? (
        <Skeleton className="m-3 h-[396px]" />
      ) : (
        <LivePart state={connection} old={asOf !== null}>
          <ChartView
            key={`${instrument} ${timeframe}`}
            handle={chart}
            spec={spec}
            {...(life === undefined ? {} : { opensAt: life })}
            {...(whole === undefined ? {} : { whole })}
            onSettled={live.onVisible}
            label={`Candles of ${instrumentName(instrument)} with what ${bot.name} did. Its orders, fills and signals are listed below.`}
            className="h-[420px] max-md:h-[320px]"
          />
        </LivePart>
      )}
      <p className="flex flex-wrap gap-x-4 border-t border-line px-4 py-2 text-table text-muted">
        <span>
          <Triangle className="text-ink" /> bought or, pointing down, sold
        </span>
        <span>
          <Triangle className="text-accent" /> signal
        </span>
        <span>
          <Dash className="text-notice" /> stop
        </span>
        <span>
          <Dash className="text-accent" /> order that waits
        </span>
        <FillsNote from={loaded && markedFrom(loaded, series?.time[0])} failed={failed && loaded === undefined} />
        {asOf !== null && (
          <span role="status" className="num ml-auto">
            As of {formatDateTime(asOf)}. What followed is loaded when the connection is back.
          </span>
        )}
      </p>
    </section>
  );
}

/** Says where earlier fills of the candles are not marked. */
function FillsNote({ from, failed }: { from: number | undefined; failed: boolean }) {
  if (failed) return <span role="status">Earlier fills could not be loaded: only the newest are marked.</span>;
  if (from === undefined) return null;
  return (
    <span role="status" className="num">
      The newest {formatCount(CHART_FILLS_MAX)} fills are marked, since {formatDateTime(from)}. Earlier ones are in the
      list below.
    </span>
  );
}

function Triangle({ className }: { className: string }) {
  return (
    <svg width="10" height="9" aria-hidden className={`mr-0.5 inline-block ${className}`}>
      <path d="M5 0 10 9 0 9Z" fill="currentColor" />
    </svg>
  );
}

function Dash({ className }: { className: string }) {
  return (
    <svg width="16" height="8" aria-hidden className={`mr-0.5 inline-block ${className}`}>
      <path d="M0 4h16" stroke="currentColor" strokeDasharray="4 2" />
    </svg>
  );
}

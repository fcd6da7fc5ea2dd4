import type { UseQueryResult } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import type { BotPreview } from "../../schema/wire/bot.ts";
import { formatAmount } from "../format/decimal.ts";
import { formatPercent } from "../format/format.ts";
import { formatPeriod } from "../format/time.ts";
import { Button } from "../ui/button.tsx";
import { Signed } from "../ui/signed.tsx";
import { Skeleton } from "../ui/states.tsx";
import { RefusalList } from "./bot-problem-summary.tsx";
import { previewKind, previewTradesWords } from "./preview-words.ts";

const EquityChart = lazy(async () => ({ default: (await import("../trading/equity-chart.tsx")).EquityChart }));

interface PreviewCardProps {
  readonly query: UseQueryResult<BotPreview>;
  readonly currency: string;
  /** Why there can be none yet; null where there can. */
  readonly waitsFor: string | null;
  /** There is no shorter timeframe to try. */
  readonly isShortest: boolean;
}

/** What the bot would have done last month. */
export function PreviewCard({ query, currency, waitsFor, isShortest }: PreviewCardProps) {
  const { data } = query;
  return (
    <section aria-label="Last month" aria-busy={query.isFetching}>
      <h2 className="mb-1 font-semibold">Last month it would have</h2>
      {waitsFor !== null ? (
        <p className="text-muted">{waitsFor}</p>
      ) : query.isError ? (
        <div className="grid gap-3">
          <RefusalList error={query.error} />
          <Button onClick={() => void query.refetch()}>Try again</Button>
        </div>
      ) : data === undefined ? (
        <div role="status" aria-label="Trying the strategy on last month" className="grid gap-2 pt-1">
          <Skeleton className="h-5 w-2/3" />
          <Skeleton className="h-28 w-full" />
          <Skeleton className="h-16 w-full" />
        </div>
      ) : (
        <div className={query.isPlaceholderData ? "opacity-60" : ""}>
          <Result preview={data} currency={currency} isShortest={isShortest} />
        </div>
      )}
    </section>
  );
}

interface ResultProps {
  readonly preview: BotPreview;
  readonly currency: string;
  readonly isShortest: boolean;
}

function Result({ preview, currency, isShortest }: ResultProps) {
  const { totalReturn, maxDrawdown, equity } = preview;
  const kind = previewKind(preview);
  const period = formatPeriod(preview.from, preview.to);
  if (kind === "no-candles") {
    return (
      <p className="text-muted">
        Nobody can say: this market has no candles of {period}. A bot can be started all the same; its caps follow from
        the capital.
      </p>
    );
  }
  return (
    <>
      <p className="num">
        <Signed value={totalReturn} className="text-[20px] font-semibold">
          {formatPercent(totalReturn, { sign: "always" })}
        </Signed>{" "}
        <span className="text-muted">
          {previewTradesWords(preview)}, worst fall {formatPercent(maxDrawdown)}
        </span>
      </p>
      <p className="text-table text-muted">
        {preview.isAhead === true
          ? `${period}, which this replay still plays: where a market runs, nobody knows that month.`
          : `${period}, before you believe it: one month is luck.`}
      </p>
      {equity.length >= 2 && (
        <Suspense fallback={<Skeleton className="my-2 h-32" />}>
          <EquityChart
            points={equity}
            currency={currency}
            label="Equity of the strategy over last month."
            className="my-2 h-32"
          />
        </Suspense>
      )}
      {kind === "no-trade" ? (
        <p className="my-2 text-muted">
          It would not have traded{isShortest ? "." : ". A shorter timeframe trades more often."} The caps follow from
          the capital.
        </p>
      ) : (
        <CapsRoom preview={preview} currency={currency} />
      )}
    </>
  );
}

function CapsRoom({ preview, currency }: Omit<ResultProps, "isShortest">) {
  return (
    <>
      <h3 className="mt-2 mb-1 text-table font-medium text-muted">Caps must leave room for</h3>
      <dl className="num grid gap-1">
        {[
          ["Largest order", preview.largestOrder],
          ["Largest position", preview.largestPosition],
          ["Worst day", preview.worstDay],
        ].map(([label, value]) => (
          <div key={label} className="flex justify-between gap-4">
            <dt className="text-muted">{label}</dt>
            <dd>{formatAmount(value, currency)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

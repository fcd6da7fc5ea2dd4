import type { Statistics } from "../../schema/wire/report.ts";
import { Hint } from "../ui/hint.tsx";
import { Section } from "../ui/page.tsx";
import { STATISTIC_GROUPS } from "./statistic-items.ts";
import { formatStatistic } from "./statistic-list.ts";

/** Every statistic by what it is about, each explained. */
export function StatisticsSection({ statistics, currency }: { statistics: Statistics; currency: string }) {
  return (
    <Section id="statistics" title="All statistics">
      <div className="gap-3 lg:columns-2 xl:columns-3">
        {STATISTIC_GROUPS.map((group) => (
          <div key={group.title} className="card mb-3 break-inside-avoid p-4">
            <h3 className="mb-2 font-semibold">{group.title}</h3>
            <dl className="num">
              {group.items.map((item) => (
                <div
                  key={item.key}
                  className="flex items-baseline justify-between gap-4 border-t border-line/70 py-1 first:border-t-0"
                >
                  <dt className="flex items-center gap-1 text-muted">
                    {item.label}
                    <Hint label={item.label}>{item.hint}</Hint>
                  </dt>
                  <dd className="text-right whitespace-nowrap">{formatStatistic(statistics, item.key, currency)}</dd>
                </div>
              ))}
            </dl>
            {group.items.some((item) => item.key === "deflatedSharpe") && <Deflation statistics={statistics} />}
          </div>
        ))}
      </div>
    </Section>
  );
}

/** What the Sharpe ratio was deflated by; nothing for reports that do not tell. */
function Deflation({ statistics: { deflatedSharpe, trialSpread } }: { statistics: Statistics }) {
  if (deflatedSharpe === null || trialSpread === undefined) return null;
  return (
    <p className="mt-2 text-table text-muted">
      {trialSpread === "trials"
        ? "Deflated by how the Sharpe ratios of your trials spread."
        : "Deflated by the error of this run's own estimate, until enough trials have finished."}
    </p>
  );
}

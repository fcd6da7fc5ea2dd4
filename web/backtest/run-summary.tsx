import type { Backtest } from "../../schema/wire/backtest.ts";
import { formatPeriod } from "../format/time.ts";
import { timeframeWords } from "../format/timeframe.ts";
import { Ago } from "../ui/moment.tsx";
import { givenName, strategyWithParameters } from "./run-title.ts";

/** What was run on what, in one line under the name. */
export function RunSummary({ run }: { run: Backtest }) {
  const { settings } = run;
  const period =
    settings.from === undefined || settings.to === undefined ? null : formatPeriod(settings.from, settings.to, "UTC");
  const parts = [
    givenName(run) === undefined ? null : strategyWithParameters(run),
    run.symbols.join(", "),
    timeframeWords(settings.timeframe),
    period,
  ];
  return (
    <p className="num mt-0.5 text-muted">
      {parts.filter((part) => part !== null).join(" · ")} · <Ago timeMs={run.finishedAt ?? run.createdAt} />
    </p>
  );
}

import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import { datasetsQuery } from "../api/queries.ts";
import { formatNumber, formatPercent } from "../format/format.ts";
import { Badge } from "../ui/badge.tsx";
import { classNames } from "../ui/class-names.ts";
import { Moment } from "../ui/moment.tsx";
import { Progress } from "../ui/progress.tsx";
import { replayQuery } from "./queries.ts";
import { replayEndWords, replayLeft, replayShare, replayStatusWords } from "./replay-words.ts";

interface ReplayStripProps {
  readonly account: Pick<TradingAccount, "id" | "market"> | undefined;
  /** The market's time as it was last told over a socket. */
  readonly marketAt: number | null;
  readonly className?: string;
}

/** Says that a market is a replay: what is played, the market's clock, its speed, how far it is, and what its end does. */
export function ReplayStrip({ account, marketAt, className }: ReplayStripProps) {
  if (account === undefined || account.market.kind !== "replay") return null;
  return <Strip accountId={account.id} datasetIds={account.market.datasetIds} {...{ marketAt, className }} />;
}

interface StripProps {
  readonly accountId: string;
  readonly datasetIds: readonly string[];
  readonly marketAt: number | null;
  readonly className: string | undefined;
}

function Strip({ accountId, datasetIds, marketAt, className }: StripProps) {
  const replay = useQuery(replayQuery(accountId)).data;
  const datasets = useQuery(datasetsQuery).data;
  const names = datasetIds.map((id) => datasets?.find((dataset) => dataset.id === id)?.name ?? "data that are gone");
  const at = Math.max(marketAt ?? 0, replay?.marketAt ?? 0);
  const share = replay === undefined ? null : replayShare(replay, at);
  const left = replay === undefined ? undefined : replayLeft(replay, at);
  return (
    <section aria-label="Replay" className={classNames("card num grid gap-2 px-4 py-2.5", className)}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Badge tone="notice">
          <History size={12} aria-hidden /> REPLAY
        </Badge>
        <span className="min-w-0 truncate" title={names.join(", ")}>
          {datasets === undefined ? "Past candles" : names.join(", ")}
        </span>
        {at > 0 && (
          <span>
            <span className="text-muted">Market time</span> <Moment timeMs={at} />
          </span>
        )}
        {replay !== undefined && (
          <>
            <span>
              <span className="text-muted">Speed</span> {formatNumber(replay.speed, { digits: 0 })}×
            </span>
            <span role="status" className={replay.status === "ended" ? "font-semibold" : undefined}>
              {replayStatusWords(replay)}
            </span>
            <span className="ml-auto text-muted">
              {formatPercent(share, { digits: 1 })} of <Moment timeMs={replay.from} /> to <Moment timeMs={replay.to} />
              {left !== undefined && `, ${left}`}
            </span>
          </>
        )}
      </div>
      <Progress share={share} label="How much of the data has been played" />
      {replay !== undefined && <p className="text-table text-muted">{replayEndWords(replay)}</p>}
    </section>
  );
}

/** The same in a few words, for a row: REPLAY and how far it is. */
export function ReplayBadge({ account }: { account: Pick<TradingAccount, "id" | "market"> | undefined }) {
  const isReplay = account?.market.kind === "replay";
  const replay = useQuery({ ...replayQuery(account?.id ?? ""), enabled: isReplay }).data;
  if (!isReplay) return null;
  const words = replay === undefined ? "" : ` ${formatPercent(replayShare(replay, replay.marketAt), { digits: 0 })}`;
  return (
    <span title={replay === undefined ? undefined : replayStatusWords(replay)} className="inline-flex">
      <Badge tone="notice">
        REPLAY{words}
        {replay?.status === "ended" && ", finished"}
      </Badge>
    </span>
  );
}

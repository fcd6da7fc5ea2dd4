import { useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { Camera } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { JOURNAL_PICTURE_BYTES_MAX, type JournalTrade } from "../../schema/wire/journal.ts";
import { datasetQuery } from "../api/queries.ts";
import { client, queryClient } from "../api/runtime.ts";
import type { ChartSpec } from "../chart/chart-spec.ts";
import { type ChartHandle, ChartView } from "../chart/chart-view.tsx";
import type { TimeframeName } from "../format/timeframe.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { accountsQuery, journalPictureQuery, marketCandlesQuery } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Failure, InlineError, Skeleton } from "../ui/states.tsx";
import { marketTimeframes, tradeSpan } from "./trade-span.ts";

/** A picture that is too large is made smaller by this step until it fits. */
const SHRINK = 0.75;

/** The candles around a trade, and the picture of them that is kept with it. */
export function TradePicture({ trade }: { trade: JournalTrade }) {
  const [kept, setKept] = useState(trade.hasPicture);
  const [shown, setShown] = useState<"chart" | "picture">(trade.hasPicture ? "picture" : "chart");
  return (
    <div>
      {kept && (
        <Segmented
          label="What is shown"
          className="mb-2"
          value={shown}
          choices={[
            { value: "picture", label: "Kept picture" },
            { value: "chart", label: "Candles" },
          ]}
          onChange={setShown}
        />
      )}
      {shown === "picture" ? (
        <Picture id={trade.id} />
      ) : (
        <MarketCandles
          trade={trade}
          onKept={() => {
            setKept(true);
            setShown("picture");
          }}
        />
      )}
    </div>
  );
}

function Picture({ id }: { id: string }) {
  const query = useQuery(journalPictureQuery(id));
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (query.data === undefined) return;
    const made = URL.createObjectURL(query.data);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [query.data]);
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (address === undefined) return <Skeleton className="h-64 w-full" />;
  return (
    <img src={address} alt="The chart of the trade as it was kept" className="w-full rounded-md border border-line" />
  );
}

interface CandlesProps {
  readonly trade: JournalTrade;
  readonly onKept: () => void;
}

/** Looks up which candles the market has before it asks for any: a replay has none finer than its data. */
function MarketCandles(props: CandlesProps) {
  const accounts = useQuery(accountsQuery);
  const market = accounts.data?.find(({ id }) => id === props.trade.accountId)?.market;
  const datasets = useQueries({
    queries: (market?.kind === "replay" ? market.datasetIds : []).map((id) => datasetQuery(id)),
  });
  const unread = [accounts, ...datasets].find(({ data }) => data === undefined);
  if (unread?.isError) return <Failure error={unread.error} onRetry={() => void unread.refetch()} />;
  if (unread !== undefined) return <Skeleton className="h-64 w-full" />;
  const played = datasets.flatMap(({ data }) => (data === undefined ? [] : [data]));
  return <Candles {...props} timeframes={marketTimeframes(props.trade.instrument, played)} />;
}

function Candles({ trade, timeframes, onKept }: CandlesProps & { readonly timeframes: readonly TimeframeName[] }) {
  const chart = useRef<ChartHandle>(null);
  const query = useQuery(
    marketCandlesQuery({ ...tradeSpan(trade, timeframes), accountId: trade.accountId, instrument: trade.instrument }),
  );
  const spec = useMemo<ChartSpec | undefined>(
    () =>
      query.data && {
        candles: { data: query.data, tick: 0, label: instrumentName(trade.instrument) },
        lines: [],
        trades: [
          {
            id: 1,
            side: trade.side,
            entryTime: trade.openedAt,
            entryPrice: Number(trade.entryPrice),
            exitTime: trade.closedAt,
            exitPrice: Number(trade.exitPrice),
            profit: Number(trade.profit),
          },
        ],
        paneShares: [1],
      },
    [query.data, trade],
  );
  const keep = useMutation({
    async mutationFn() {
      const file = await pngOf(chart.current?.picture());
      await client.request<unknown>(`/journal/${trade.id}/picture`, { method: "PUT", file });
    },
    async onSuccess() {
      await queryClient.invalidateQueries({ queryKey: ["journal"] });
      onKept();
    },
  });
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (spec === undefined) return <Skeleton className="h-64 w-full" />;
  return (
    <div className="grid gap-2">
      <ChartView
        spec={spec}
        handle={chart}
        label="Candles around the trade."
        className="h-64 rounded-md border border-line"
      />
      <InlineError error={keep.error} />
      <div>
        <Button busy={keep.isPending} onClick={() => keep.mutate()}>
          <Camera size={14} aria-hidden /> Keep a picture of this chart
        </Button>
      </div>
    </div>
  );
}

async function pngOf(canvas: HTMLCanvasElement | undefined): Promise<Blob> {
  let drawn = canvas;
  for (;;) {
    const blob = drawn === undefined ? null : await blobOf(drawn);
    if (drawn === undefined || blob === null) throw new Error("The chart is not drawn yet. Try again in a moment.");
    if (blob.size <= JOURNAL_PICTURE_BYTES_MAX) return blob;
    drawn = smaller(drawn);
  }
}

function blobOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function smaller(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const next = document.createElement("canvas");
  next.width = Math.floor(canvas.width * SHRINK);
  next.height = Math.floor(canvas.height * SHRINK);
  next.getContext("2d")?.drawImage(canvas, 0, 0, next.width, next.height);
  return next;
}

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import type { ReactNode } from "react";
import { MarketState } from "../../schema/wire/live.ts";
import type { OrderPreview, OrderVerdict, TradingAccount } from "../../schema/wire/trading.ts";
import { formatAmount, formatAmountDown, formatDecimalPrice, formatExactQuantity } from "../format/decimal.ts";
import { formatMoney } from "../format/format.ts";
import { verdictWords } from "../risk/verdict-words.ts";
import { baseName } from "../trading/instrument-name.ts";
import { replayQuery } from "../trading/queries.ts";
import { ReplayBadge } from "../trading/replay-strip.tsx";
import { useLive } from "../trading/use-live.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Connection } from "../ui/connection.tsx";
import { Hint } from "../ui/hint.tsx";
import { Moment } from "../ui/moment.tsx";
import { InlineError } from "../ui/states.tsx";
import { useOrderPreview } from "./order-actions.ts";
import { previewOfTicket, type TicketDraft, ticketWorth } from "./ticket-draft.ts";

interface TicketOutlookProps {
  readonly draft: TicketDraft;
  readonly account: TradingAccount;
  readonly set: (change: Partial<TicketDraft>) => void;
}

/** The market as it is, and what would become of the ticket if it were sent now. */
export function TicketOutlook({ draft, account, set }: TicketOutlookProps) {
  const { instrument, accountId } = draft;
  const address = new URLSearchParams({ instrument, accountId });
  const live = useLive(instrument === "" ? null : `/markets/live?${address}`, MarketState);
  const { query, isCurrent } = useOrderPreview(previewOfTicket(draft));
  const preview = query.data;
  const price = live.value?.price ?? preview?.price ?? null;
  const worth = ticketWorth(draft, price);
  const { currency } = account;
  return (
    <section aria-label="Before it is sent" className="num grid gap-2 rounded-md border border-line px-4 py-3">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="text-muted">Price now</span>
        <span className="text-[16px] font-semibold">{formatDecimalPrice(price)}</span>
        {live.value?.stale === true && <span className="text-danger">old: the feed is silent</span>}
        <ReplayBadge account={account} />
        <MarketClock account={account} at={live.value?.at ?? null} />
        <span className="ml-auto">
          <Connection state={live.connection} />
        </span>
      </p>
      <dl
        aria-busy={!isCurrent && query.isFetching}
        className={classNames("grid gap-1.5 transition-opacity", !isCurrent && query.isFetching && "opacity-60")}
      >
        <Line label="Worth" hint="At its own price where it has one, otherwise at the price now.">
          {formatMoney(worth, currency)}
        </Line>
        <Line
          label="Fee, about"
          hint="By the account's rates: a limit that would wait pays the maker's, all else the taker's. Some venues say what a trade costs only once it is done."
        >
          {!isCurrent ? "—" : isFeeUnknown(preview) ? "told with the trade" : formatAmount(preview?.fee, currency)}
        </Line>
        <Room
          room={preview?.room}
          denied={isCurrent && preview?.verdict?.verdict === "denied"}
          {...{ draft, currency, set }}
        />
      </dl>
      {isCurrent && <Verdict verdict={preview?.verdict ?? null} />}
      <InlineError error={query.isError ? query.error : null} />
    </section>
  );
}

/** There is something to reckon with, and no rate that the venue would go by. */
function isFeeUnknown(preview: OrderPreview | undefined): boolean {
  return preview !== undefined && preview.fee === null && preview.worth !== null;
}

function MarketClock({ account, at }: { account: TradingAccount; at: number | null }) {
  const isReplay = account.market.kind === "replay";
  const replay = useQuery({ ...replayQuery(account.id), enabled: isReplay }).data;
  const time = at ?? replay?.marketAt ?? null;
  if (!isReplay || time === null) return null;
  return (
    <span className="text-muted">
      market time <Moment timeMs={time} />
    </span>
  );
}

interface RoomProps extends Pick<TicketOutlookProps, "draft" | "set"> {
  readonly room: OrderPreview["room"] | undefined;
  readonly currency: string;
  /** The ticket as it stands is denied, which is said with its reason below. */
  readonly denied: boolean;
}

/** How much every check lets through, and what stops more. */
function Room({ room, denied, draft, currency, set }: RoomProps) {
  const label = draft.side === "buy" ? "Room to buy" : "Room to sell";
  const none = room !== undefined && Number(room.quantity) === 0;
  return (
    <>
      <Line label={label} hint="The largest order of this kind that every check would let through now.">
        {room === undefined ? (
          "—"
        ) : none ? (
          "none"
        ) : (
          <>
            {formatExactQuantity(room.quantity)} {baseName(draft.instrument, currency)}
            {room.worth !== null && <span className="text-muted">, {formatAmountDown(room.worth, currency)}</span>}
            <Button className="ml-2 min-h-7 px-2 text-table" onClick={() => set({ quantity: room.quantity })}>
              Take it
            </Button>
          </>
        )}
      </Line>
      {room?.denial != null && !denied && (
        <p className="text-table text-muted">
          {none ? "Any order is denied by" : "More is denied by"} {sentence(verdictWords(room.denial))}
        </p>
      )}
    </>
  );
}

function Verdict({ verdict }: { verdict: OrderVerdict | null }) {
  if (verdict === null) return null;
  const denied = verdict.verdict === "denied";
  const Icon = denied ? CircleX : CircleCheck;
  return (
    <p role="status" className={classNames("flex items-start gap-2", denied && "text-danger")}>
      <Icon size={15} aria-hidden className="mt-0.5 shrink-0" />
      {denied ? `Would be denied. ${verdictWords(verdict)}` : "Every check would let it through."}
    </p>
  );
}

function Line({ label, hint, children }: { label: string; hint: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-4">
      <dt className="flex items-center gap-1 text-muted">
        {label}
        <Hint label={label}>{hint}</Hint>
      </dt>
      <dd className="text-right">{children}</dd>
    </div>
  );
}

/** A sentence as it goes on inside another. */
function sentence(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

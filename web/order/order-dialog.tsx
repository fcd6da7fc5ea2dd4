import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Order, OrderDetail, OrderHistoryEntry } from "../../schema/wire/trading.ts";
import { formatDecimalPrice, formatDecimalQuantity, formatMeanPrice } from "../format/decimal.ts";
import { formatInstant } from "../format/time.ts";
import { CAP_WORDS } from "../risk/cap-words.ts";
import { verdictWords } from "../risk/verdict-words.ts";
import { AccountTag } from "../trading/account-tag.tsx";
import { fillColumns } from "../trading/fill-columns.tsx";
import { OrderStateBadge, orderStateWord } from "../trading/mode-word.tsx";
import { accountsQuery, botsQuery, orderQuery } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { RecordTable } from "../ui/record-table.tsx";
import { Failure, InlineError, SkeletonRows } from "../ui/states.tsx";
import { eventWords } from "./event-words.ts";
import { LostOrder } from "./lost-order.tsx";
import { useCancelOrder } from "./order-actions.ts";
import { orderPriceWords, orderWords } from "./order-columns.tsx";
import { isOpenOrder } from "./order-filter.ts";

/** One order with its verdict and everything that happened to it. */
export function OrderDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(orderQuery(id));
  return (
    <Dialog title={query.data === undefined ? "Order" : orderWords(query.data.order)} open onClose={onClose} wide>
      {query.isPending ? (
        <SkeletonRows rows={6} />
      ) : query.data === undefined ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Detail detail={query.data} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Detail({ detail, onClose }: { detail: OrderDetail; onClose: () => void }) {
  const { order, verdict, history, fills } = detail;
  const bots = useQuery(botsQuery).data;
  const account = useQuery(accountsQuery).data?.find(({ id }) => id === order.accountId);
  const cancel = useCancelOrder();
  const open = isOpenOrder(order.state);
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <OrderStateBadge state={order.state} released={order.released} />
        <span className="num">{orderPriceWords(order)}</span>
        <span className="num text-muted">
          {formatDecimalQuantity(order.filled)} of {formatDecimalQuantity(order.quantity)} filled
          {order.averagePrice !== null && ` at ${formatMeanPrice(order.averagePrice)}`}
        </span>
        {open && order.state !== "LOST" && (
          <Button
            kind="danger"
            className="ml-auto"
            busy={cancel.isPending}
            disabled={order.cancelRequested}
            onClick={() => cancel.mutate(order.id)}
          >
            {order.cancelRequested ? "Cancel asked for" : `Cancel what is left of: ${orderWords(order)}`}
          </Button>
        )}
      </div>
      <InlineError error={cancel.error} />
      <LostOrder order={order} />
      <dl className="grid gap-x-6 gap-y-1.5 sm:grid-cols-2">
        <Fact label="Account">{account === undefined ? order.accountId : <AccountTag account={account} />}</Fact>
        <Fact label="By">
          {order.botId === null ? (
            personWords(order)
          ) : (
            <Link
              to="/bots/$id"
              params={{ id: order.botId }}
              onClick={onClose}
              className="text-accent underline underline-offset-2"
            >
              {bots?.find((bot) => bot.id === order.botId)?.name ?? order.botId}
            </Link>
          )}
        </Fact>
        <Fact label="Asked for by">{order.signal}</Fact>
        <Fact label="For">{order.role}</Fact>
        <Fact label="Id">
          <span className="font-mono">{order.id}</span>
        </Fact>
      </dl>
      {verdict !== null && (
        <section aria-label="Verdict">
          <h3 className="mb-1 font-semibold">Verdict of the risk check</h3>
          <p className={verdict.verdict === "denied" ? "text-danger" : ""}>{verdictWords(verdict)}</p>
          <p className="num mt-0.5 text-table text-muted">
            {verdict.cap !== null &&
              verdict.cap in CAP_WORDS &&
              `${CAP_WORDS[verdict.cap as keyof typeof CAP_WORDS].hint} `}
            {verdict.limitsVersion !== null && `Limits ${verdict.limitsVersion}. `}
            {verdict.referencePrice !== null && `Reference price ${formatDecimalPrice(verdict.referencePrice)}.`}
          </p>
        </section>
      )}
      <History history={history} />
      {fills.length > 0 && (
        <section aria-label="Fills">
          <h3 className="mb-1 font-semibold">Fills</h3>
          <div className="-mx-4">
            <RecordTable
              label="Fills"
              rows={fills}
              columns={fillColumns({ market: false })}
              keyOf={(fill) => fill.id}
            />
          </div>
        </section>
      )}
    </div>
  );
}

function History({ history }: { history: readonly OrderHistoryEntry[] }) {
  return (
    <section aria-label="History">
      <h3 className="mb-2 font-semibold">What happened, in the order it was written down</h3>
      <ol className="num border-l border-line-strong">
        {history.map(({ sequence, at, event, state, detail }) => (
          <li key={sequence} className="relative pb-3 pl-4 last:pb-0">
            <span aria-hidden className="absolute top-1.5 -left-[4.5px] size-2 rounded-full bg-line-strong" />
            <span className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-medium">{event}</span>
              <span className="text-muted">{orderStateWord(state)}</span>
              <span className="text-table text-muted" title={`entry ${sequence}`}>
                {instantWords(at)}
              </span>
            </span>
            <span className="block text-muted">{eventWords(detail)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** To the millisecond, in the person's zone: what happened in one second is told apart. */
function instantWords(timeMs: number): string {
  const [day, clock] = formatInstant(timeMs).split(" ");
  return `${day} ${clock}.${String(timeMs % 1_000).padStart(3, "0")}`;
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 gap-3">
      <dt className="w-24 shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function personWords({ role }: Order): string {
  return role === "external" ? "Somebody at the venue itself" : "A person";
}

import { useEffect, useRef } from "react";
import type { CreateOrder, TradingAccount } from "../../schema/wire/trading.ts";
import { formatAmount, formatDecimalPrice, formatExactQuantity } from "../format/decimal.ts";
import { formatMoney } from "../format/format.ts";
import { venueName } from "../settings/venue-words.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { ModeWord } from "../trading/mode-word.tsx";
import { Button } from "../ui/button.tsx";
import { InlineError } from "../ui/states.tsx";
import { useOrderPreview } from "./order-actions.ts";
import { hasPrice, previewOfTicket, type TicketDraft, ticketWorth } from "./ticket-draft.ts";

interface RealMoneyStepProps {
  readonly draft: TicketDraft;
  readonly order: CreateOrder;
  readonly account: TradingAccount;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onBack: () => void;
  readonly onSend: () => void;
}

/**
 * Asks whoever orders with real money whether it is meant. Only its own button sends: the keys that open this step do nothing
 * more here, so that one press held too long is no order.
 */
export function RealMoneyStep({ draft, order, account, busy, error, onBack, onSend }: RealMoneyStepProps) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus(), []);
  const preview = useOrderPreview(previewOfTicket(draft)).query.data;
  const venue = venueName(account);
  const verb = order.side === "buy" ? "Buy" : "Sell";
  const words = `${formatExactQuantity(order.quantity)} ${instrumentName(order.instrument)}`;
  const price = preview?.price ?? null;
  const rows = [
    ["Order", `${verb} ${words}, ${priceWords(order)}`],
    ["Venue", venue],
    ["Price now", formatDecimalPrice(price)],
    ["Worth, about", formatMoney(ticketWorth(draft, price), account.currency)],
    ["Fee, about", preview?.fee == null ? "told with the trade" : formatAmount(preview.fee, account.currency)],
  ] as const;
  return (
    <section ref={place} tabIndex={-1} aria-label="Real money" className="grid gap-4 outline-none">
      <p>
        <strong className="font-semibold text-live">This is real money.</strong> The order goes to {venue} and trades
        with what the account {account.name} holds there. What is filled cannot be taken back.
      </p>
      <dl className="num grid gap-1.5 rounded-md border border-live/50 px-4 py-3">
        <div className="flex flex-wrap justify-between gap-x-4">
          <dt className="text-muted">Account</dt>
          <dd className="flex min-w-0 items-center gap-2 font-medium">
            <span className="min-w-0 break-words">{account.name}</span> <ModeWord account={account} />
          </dd>
        </div>
        {rows.map(([label, value]) => (
          <div key={label} className="flex flex-wrap justify-between gap-x-4">
            <dt className="text-muted">{label}</dt>
            <dd className="min-w-0 text-right break-words">{value}</dd>
          </div>
        ))}
      </dl>
      <InlineError error={error} />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <Button disabled={busy} onClick={onBack}>
          Back to the order
        </Button>
        <Button kind="primary" className="max-w-full whitespace-normal" busy={busy} onClick={onSend}>
          {verb} {words} with real money
        </Button>
      </div>
    </section>
  );
}

function priceWords(order: CreateOrder): string {
  const prices = [
    hasPrice(order.kind, "stop") && order.stop !== undefined ? `stop ${formatDecimalPrice(order.stop)}` : "",
    hasPrice(order.kind, "limit") && order.limit !== undefined ? `limit ${formatDecimalPrice(order.limit)}` : "",
  ].filter(Boolean);
  return prices.length === 0 ? "at the market" : prices.join(", ");
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { CreateOrder, TradingAccount } from "../../schema/wire/trading.ts";
import { datasetsQuery } from "../api/queries.ts";
import { newIdempotencyKey } from "../api/runtime.ts";
import { marketsOf } from "../bot/bot-markets.ts";
import { formatDecimalQuantity, formatExactQuantity } from "../format/decimal.ts";
import { accountInView } from "../trading/account-order.ts";
import { useChosenAccount } from "../trading/chosen-account.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { ModeWord } from "../trading/mode-word.tsx";
import { accountLabel } from "../trading/mode-words.ts";
import { accountsQuery, dashboardQuery } from "../trading/queries.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { CheckField, SelectField, TextField } from "../ui/field.tsx";
import { useSavedDraft } from "../ui/saved-draft.ts";
import { Segmented } from "../ui/segmented.tsx";
import { Failure, InlineError, SkeletonRows } from "../ui/states.tsx";
import { usePlaceOrder } from "./order-actions.ts";
import { RealMoneyStep } from "./real-money-step.tsx";
import { hasPrice, nextStep, openingTicket, orderOfTicket, type TicketDraft } from "./ticket-draft.ts";
import { TicketOutlook } from "./ticket-outlook.tsx";

interface TicketDialogProps {
  readonly onClose: () => void;
  /** Called with the id of the order, which may have been denied. */
  readonly onPlaced: (id: string) => void;
}

/** An order by hand. It goes through the same desk and the same verdict as those of bots. */
export function TicketDialog(props: TicketDialogProps) {
  const accounts = useQuery(accountsQuery);
  return (
    <Dialog title="Place an order" open onClose={props.onClose}>
      {accounts.isPending ? (
        <SkeletonRows rows={4} />
      ) : accounts.data === undefined ? (
        <Failure error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : accounts.data.length === 0 ? (
        <div className="grid justify-items-start gap-4">
          <p className="text-muted">Orders are of an account, and there is none yet. A bot makes one on the way.</p>
          <Link to="/bots/new" onClick={props.onClose} className={buttonClass("primary")}>
            Start the first bot
          </Link>
        </div>
      ) : (
        <TicketForm accounts={accounts.data} {...props} />
      )}
    </Dialog>
  );
}

function TicketForm({ accounts, onClose, onPlaced }: TicketDialogProps & { accounts: readonly TradingAccount[] }) {
  const inView = accountInView(accounts, [useChosenAccount()])?.id ?? "";
  const [draft, setDraft] = useSavedDraft<TicketDraft>("order-ticket", (stored) => openingTicket(stored, inView));
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const place = usePlaceOrder();
  const { order, problems } = orderOfTicket(draft);
  const account = accounts.find(({ id }) => id === draft.accountId);
  // One key for one ticket as it stands: pressing twice, or trying again after a lost reply, places one order.
  const key = useRef({ of: "", value: "" });
  function set(change: Partial<TicketDraft>) {
    setDraft({ ...draft, ...change });
    if (place.isError) place.reset();
  }
  function send(sent: CreateOrder) {
    const text = JSON.stringify(sent);
    if (key.current.of !== text) key.current = { of: text, value: newIdempotencyKey() };
    place.mutate(
      { order: sent, key: key.current.value },
      {
        onSuccess(detail) {
          setDraft({ ...draft, quantity: "", limit: "", stop: "", reduceOnly: false });
          onPlaced(detail.order.id);
        },
      },
    );
  }
  function submit(confirmed: boolean) {
    setTried(true);
    if (place.isPending) return;
    const step = nextStep(order, { mode: account?.mode, confirmed });
    if (step === "confirm") setAsking(true);
    if (step === "send" && order !== null) send(order);
  }
  if (asking && order !== null && account !== undefined) {
    return (
      <RealMoneyStep
        {...{ draft, order, account }}
        busy={place.isPending}
        error={place.error}
        onBack={() => setAsking(false)}
        onSend={() => submit(true)}
      />
    );
  }
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit(false);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          submit(false);
        }
      }}
    >
      <TicketFields {...{ accounts, draft, set }} problem={(field) => (tried ? problems.get(field) : undefined)} />
      {account !== undefined && mayTrade(account, draft.instrument) && <TicketOutlook {...{ draft, account, set }} />}
      <InlineError error={place.error} />
      <TicketVerbs {...{ draft, order, account, onClose }} busy={place.isPending} />
    </form>
  );
}

interface TicketVerbsProps {
  readonly draft: TicketDraft;
  readonly order: CreateOrder | null;
  readonly account: TradingAccount | undefined;
  readonly busy: boolean;
  readonly onClose: () => void;
}

function TicketVerbs({ draft, order, account, busy, onClose }: TicketVerbsProps) {
  const quantity = order === null ? "" : `${formatExactQuantity(order.quantity)} `;
  const words = `${draft.side === "buy" ? "Buy" : "Sell"} ${quantity}${instrumentName(draft.instrument)}`;
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      {account !== undefined && (
        <span className="mr-auto inline-flex">
          <ModeWord account={account} />
        </span>
      )}
      <Button onClick={onClose}>Leave it</Button>
      <Button kind="primary" type="submit" busy={busy}>
        {account?.mode === "live" ? `Look over: ${words.charAt(0).toLowerCase()}${words.slice(1)}` : words}
        <kbd className="ml-1 font-mono text-[11px] max-md:hidden">Ctrl Enter</kbd>
      </Button>
    </div>
  );
}

/** Whether the market of an account can have the instrument: the ticket of another account may name one of another. */
function mayTrade({ market }: TradingAccount, instrument: string): boolean {
  if (market.kind === "venue") return market.instruments.includes(instrument);
  return market.kind === "replay" || instrument.startsWith("SIM:");
}

interface TicketFieldsProps {
  readonly accounts: readonly TradingAccount[];
  readonly draft: TicketDraft;
  readonly set: (change: Partial<TicketDraft>) => void;
  readonly problem: (field: string) => string | undefined;
}

function TicketFields({ accounts, draft, set, problem }: TicketFieldsProps) {
  const datasets = useQuery(datasetsQuery).data ?? [];
  const held = useQuery(dashboardQuery).data?.accounts[draft.accountId]?.positions ?? [];
  const place = { account: draft.accountId, newMarket: "sim", newDataset: "" } as const;
  const markets = marketsOf(place, { accounts, datasets });
  const known = markets.some(({ instrument }) => instrument === draft.instrument);
  const [first] = markets;
  // The ticket of another account may name a market that this one does not have.
  useEffect(() => {
    if (!known && first !== undefined) set({ instrument: first.instrument });
  }, [known, first, set]);
  const position = held.find(({ instrument }) => instrument === draft.instrument);
  return (
    <>
      <div className="grid grid-cols-2 gap-4">
        <SelectField
          label="Account"
          value={draft.accountId}
          choices={accounts.map((account) => ({ value: account.id, label: accountLabel(account) }))}
          onChange={(accountId) => set({ accountId })}
        />
        <SelectField
          label="Market"
          value={draft.instrument}
          error={problem("instrument")}
          choices={markets.map(({ instrument, symbol }) => ({ value: instrument, label: symbol }))}
          onChange={(instrument) => set({ instrument })}
        />
      </div>
      <Segmented
        label="Side"
        className="justify-self-start"
        value={draft.side}
        choices={[
          { value: "buy", label: "Buy" },
          { value: "sell", label: "Sell" },
        ]}
        onChange={(side) => set({ side })}
      />
      <div className="grid grid-cols-2 gap-4">
        <SelectField
          label="Kind"
          value={draft.kind}
          choices={[
            { value: "market", label: "At the market" },
            { value: "limit", label: "Limit" },
            { value: "stop", label: "Stop" },
            { value: "stop-limit", label: "Stop limit" },
          ]}
          onChange={(kind) => set({ kind })}
        />
        <NumberField label="Quantity" name="quantity" {...{ draft, set, problem }} />
        {hasPrice(draft.kind, "stop") && <NumberField label="Stop price" name="stop" {...{ draft, set, problem }} />}
        {hasPrice(draft.kind, "limit") && <NumberField label="Limit price" name="limit" {...{ draft, set, problem }} />}
      </div>
      {position !== undefined && Number(position.quantity) !== 0 && (
        <p className="flex flex-wrap items-center gap-x-3 text-muted">
          {Number(position.quantity) > 0 ? "Long" : "Short"} {formatDecimalQuantity(position.quantity.replace("-", ""))}{" "}
          now.
          <Button
            className="min-h-7 px-2 text-table"
            onClick={() =>
              set({
                side: Number(position.quantity) > 0 ? "sell" : "buy",
                kind: "market",
                quantity: position.quantity.replace("-", ""),
                reduceOnly: true,
              })
            }
          >
            Close all of it
          </Button>
        </p>
      )}
      <CheckField
        label="Only make a position smaller"
        hint="Never trades more than is held against it, and passes caps of size and loss."
        checked={draft.reduceOnly}
        onChange={(reduceOnly) => set({ reduceOnly })}
      />
    </>
  );
}

function NumberField(
  props: Omit<TicketFieldsProps, "accounts"> & { label: string; name: "quantity" | "limit" | "stop" },
) {
  const { label, name, draft, set, problem } = props;
  return (
    <TextField
      label={label}
      inputMode="decimal"
      autoComplete="off"
      value={draft[name]}
      error={problem(name)}
      onChange={(event) => set({ [name]: event.target.value })}
    />
  );
}

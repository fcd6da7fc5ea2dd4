import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { RenameTradingAccount, type TradingAccount } from "../../schema/wire/trading.ts";
import { ApiError } from "../api/api-error.ts";
import { client } from "../api/runtime.ts";
import { formatAmount } from "../format/decimal.ts";
import { formatNumber } from "../format/format.ts";
import { ModeWord } from "../trading/mode-word.tsx";
import { accountsQuery, botsQuery, refreshTrading } from "../trading/queries.ts";
import { AccountStream } from "../trading/stream-state.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { ConfirmDelete, Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { ActError } from "./act-error.tsx";
import { withProof } from "./prove.ts";
import { VENUE_NAMES } from "./venue-words.ts";

/** The accounts that money and bots are on: their names, and the end of one. */
export function AccountsSection() {
  const accounts = useQuery(accountsQuery);
  const [renamed, setRenamed] = useState<TradingAccount | null>(null);
  const [deleted, setDeleted] = useState<TradingAccount | null>(null);
  return (
    <Section title="Trading accounts" note="Money, positions and caps are of an account.">
      {accounts.isPending ? (
        <SkeletonRows rows={3} />
      ) : accounts.data === undefined ? (
        <Failure error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : accounts.data.length === 0 ? (
        <p className="text-muted">
          There is none yet. A bot makes one on the way:{" "}
          <Link to="/bots/new" className="text-accent underline underline-offset-2">
            start the first bot
          </Link>
          .
        </p>
      ) : (
        <ul className="card divide-y divide-line">
          {accounts.data.map((account) => (
            <Row
              key={account.id}
              account={account}
              onRename={() => setRenamed(account)}
              onDelete={() => setDeleted(account)}
            />
          ))}
        </ul>
      )}
      {renamed !== null && <RenameDialog account={renamed} onClose={() => setRenamed(null)} />}
      {deleted !== null && <DeleteDialog account={deleted} onClose={() => setDeleted(null)} />}
    </Section>
  );
}

function marketWords(market: TradingAccount["market"]): string {
  if (market.kind === "sim") return "Simulated market";
  if (market.kind === "venue") return `${VENUE_NAMES[market.venue]} (${market.environment})`;
  const data = market.datasetIds.length === 1 ? "a dataset" : `${market.datasetIds.length} datasets`;
  return `Replay of ${data} at ${formatNumber(market.speed, { digits: 0 })}×`;
}

function Row({ account, onRename, onDelete }: { account: TradingAccount; onRename: () => void; onDelete: () => void }) {
  const { id, name, market, cash, currency, createdAt } = account;
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-5 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <div className="flex flex-wrap items-center gap-2 font-medium">
          <span className="min-w-0 break-words">{name}</span>
          <ModeWord account={account} />
        </div>
        <p className="num text-table text-muted">
          {marketWords(market)}, began with {formatAmount(cash, currency)} on <Moment timeMs={createdAt} />
        </p>
        <AccountStream accountId={id} whole />
      </div>
      <div className="flex flex-wrap gap-2">
        <Link to="/risk" search={{ account: id }} className={buttonClass("quiet")}>
          Risk
        </Link>
        <Button aria-label={`Rename ${name}`} onClick={onRename}>
          Rename
        </Button>
        <Button kind="danger" aria-label={`Delete ${name}`} onClick={onDelete}>
          Delete
        </Button>
      </div>
    </li>
  );
}

function RenameDialog({ account, onClose }: { account: TradingAccount; onClose: () => void }) {
  const [typed, setTyped] = useState(account.name);
  const read = RenameTradingAccount.safeParse({ name: typed });
  const rename = useMutation({
    mutationFn: (body: RenameTradingAccount) =>
      client.request<unknown>(`/accounts/${account.id}`, { method: "PATCH", body }),
    onSuccess: onClose,
    onSettled: refreshTrading,
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (read.success && !rename.isPending) rename.mutate(read.data);
  }
  return (
    <Dialog title={`Rename ${account.name}`} open onClose={onClose}>
      <form noValidate onSubmit={submit} className="grid gap-4">
        <TextField
          label="Name"
          maxLength={80}
          autoComplete="off"
          value={typed}
          error={read.success ? undefined : "must have at least one letter"}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ActError error={rename.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Keep the old one</Button>
          <Button
            kind="primary"
            type="submit"
            busy={rename.isPending}
            disabled={!read.success || read.data.name === account.name}
          >
            Rename it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function DeleteDialog({ account, onClose }: { account: TradingAccount; onClose: () => void }) {
  const remove = useMutation({
    mutationFn: () => withProof(() => client.request<unknown>(`/accounts/${account.id}`, { method: "DELETE" })),
    onSuccess: onClose,
    onSettled: refreshTrading,
  });
  const problem = remove.error instanceof ApiError ? remove.error.message : undefined;
  const bots = (useQuery(botsQuery).data ?? []).filter(({ accountId }) => accountId === account.id);
  const inTheWay =
    bots.length === 0
      ? "No bot of yours is on it."
      : `Stop and archive its ${bots.length === 1 ? "bot" : "bots"} first: ${bots.map(({ name }) => name).join(", ")}.`;
  return (
    <ConfirmDelete
      open
      noun="account"
      name={account.name}
      consequence={`Its orders, trades and journal go with it for good, and archived bots too. ${inTheWay}`}
      busy={remove.isPending}
      error={problem}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}

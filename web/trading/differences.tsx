import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AccountHalt, HaltFigures } from "../../schema/wire/trading.ts";
import { SettleDifference } from "../../schema/wire/trading.ts";
import { client } from "../api/runtime.ts";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Ago } from "../ui/moment.tsx";
import { type RecordColumn, RecordTable } from "../ui/record-table.tsx";
import { canTakeOver, differenceAdvice, differenceTitle, figureWriter } from "./difference-words.ts";
import { botsQuery, refreshTrading } from "./queries.ts";

/** Letters of a reason that another person can go by, and the most that the API takes. */
const REASON_CHARACTERS_MAX = 300;

interface DifferencesProps {
  readonly accountId: string;
  readonly differences: readonly AccountHalt[];
  /** Whoever looks may settle them. */
  readonly own: boolean;
}

/** Both sides of everything that differs between our books and the venue's, and the way to settle each. */
export function Differences({ accountId, differences, own }: DifferencesProps) {
  const [settled, setSettled] = useState<AccountHalt | null>(null);
  const columns: readonly RecordColumn<AccountHalt>[] = [
    { title: "What", left: true, wrap: true, cell: (halt) => <What halt={halt} /> },
    { title: "Since", cell: ({ at }) => <Ago timeMs={at} /> },
    { title: "Our books", cell: (halt) => figureOf(halt, "ours") },
    { title: "The venue", cell: (halt) => figureOf(halt, "theirs") },
    { title: "Difference", cell: (halt) => figureOf(halt, "difference") },
    {
      title: "",
      wrap: true,
      cell: (halt) =>
        own && canTakeOver(halt) ? (
          <Button
            className="min-h-7 px-2 text-table md:whitespace-nowrap"
            aria-label={`Take over the venue's figure: ${differenceTitle(halt)}`}
            onClick={() => setSettled(halt)}
          >
            Take it over
          </Button>
        ) : null,
    },
  ];
  return (
    <>
      <div className="card overflow-hidden">
        <RecordTable label="Differences from the venue" rows={differences} columns={columns} keyOf={keyOf} />
      </div>
      {settled !== null && <SettleDialog accountId={accountId} halt={settled} onClose={() => setSettled(null)} />}
    </>
  );
}

function keyOf({ code, instrument, figures, at }: AccountHalt): string {
  return `${code} ${instrument ?? figures?.unit ?? ""} ${at}`;
}

function What({ halt }: { halt: AccountHalt }) {
  return (
    <>
      {differenceTitle(halt)}
      <span className="block text-muted">{differenceAdvice(halt)}</span>
    </>
  );
}

function figureOf(halt: AccountHalt, side: "ours" | "theirs" | "difference"): string {
  const { figures } = halt;
  if (figures !== null) return figureWriter(halt)(figures[side], side === "difference");
  return side === "difference" ? "—" : halt[side];
}

interface ShrinkingSharesProps {
  readonly shares: HaltFigures["shares"];
  readonly write: (text: string) => string;
}

/** Whose share shrinks with the position, and what becomes of the bot. */
function ShrinkingShares({ shares, write }: ShrinkingSharesProps) {
  const bots = useQuery(botsQuery).data ?? [];
  const nameOf = (botId: string | null) =>
    botId === null ? "Traded by hand" : (bots.find(({ id }) => id === botId)?.name ?? botId);
  return (
    <>
      <p className="mt-3">
        Less is held than these have shares in. Their shares shrink, their orders there are cancelled, what protects a
        position among them, and bots halt until you arm them:
      </p>
      <ul className="num my-3 text-ink">
        {shares.map(({ botId, before, after }) => (
          <li key={botId ?? ""} className="flex justify-between gap-6">
            <span>{nameOf(botId)}</span>
            <span>
              {write(before)} → {write(after)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Says what is booked before it is; asks for the reason, and for a fresh proof. */
function SettleDialog({ accountId, halt, onClose }: { accountId: string; halt: AccountHalt; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  // As it was when it was opened: what is sent is what was read.
  const [{ code, figures }] = useState(halt);
  const write = figureWriter(halt);
  const read = SettleDifference.safeParse({
    code,
    unit: figures?.unit,
    difference: figures?.difference,
    shares: figures?.shares,
    reason: typed,
  });
  return (
    <ConfirmAct
      title="Take over the venue's figure"
      verb="Book the difference"
      isReady={read.success}
      act={() => client.request(`/accounts/${accountId}/differences/settle`, { method: "POST", body: read.data })}
      onClose={onClose}
      onDone={() => {
        refreshTrading();
        onClose();
      }}
      fields={
        <TextField
          label="Why"
          hint="Stands in the audit trail: what you found at the venue. At least 4 characters."
          maxLength={REASON_CHARACTERS_MAX}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      }
    >
      <p>{differenceTitle(halt)}.</p>
      {figures !== null && (
        <dl className="num my-3 grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 text-ink">
          <dt className="text-muted">Our books</dt>
          <dd className="text-right">{write(figures.ours)}</dd>
          <dt className="text-muted">The venue</dt>
          <dd className="text-right">{write(figures.theirs)}</dd>
          <dt className="text-muted">Booked as an adjustment</dt>
          <dd className="text-right font-semibold">{write(figures.difference, true)}</dd>
        </dl>
      )}
      <p>
        Look at the venue first: a trade or a payment that comes late is booked by itself, and would then be booked
        twice. The adjustment counts as money that came or went, not as profit or loss, and what is halted stays so
        until you arm it.
      </p>
      {figures !== null && figures.shares.length > 0 && <ShrinkingShares shares={figures.shares} write={write} />}
    </ConfirmAct>
  );
}

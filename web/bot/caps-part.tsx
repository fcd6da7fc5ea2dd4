import { useQuery } from "@tanstack/react-query";
import { Wand2 } from "lucide-react";
import { useState } from "react";
import type { CapName } from "../../schema/wire/risk.ts";
import { CAP_WORDS, capUnitWord, REQUIRED_CAPS } from "../risk/cap-words.ts";
import { botLimitWords } from "../risk/limit-in-force.ts";
import { riskQuery } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { isDriven } from "./bot-draft.ts";
import { useBotForm } from "./bot-form-context.ts";
import { capShortfall } from "./cap-shortfall.ts";
import { suggestCaps } from "./cap-suggestion.ts";

/** Caps that a careful person sets beside the required ones. */
const FURTHER_CAPS = ["drawdown", "ordersPerMinute", "priceCollar", "executions", "rejectsInARow"] as const;

/** What the bot may never pass. Four caps are required; they are suggested from last month. */
export function CapsPart() {
  const { draft, set, preview, currency } = useBotForm();
  const risk = useQuery({ ...riskQuery(draft.account), enabled: draft.account !== "", refetchInterval: false }).data;
  const more = FURTHER_CAPS.some((cap) => (draft.caps[cap] ?? "") !== "");
  const [open, setOpen] = useState(more);
  const suggested =
    preview === null
      ? null
      : suggestCaps({
          preview,
          capital: Number(draft.capital) || 0,
          leverage: Number(draft.leverage) || 1,
          instruments: draft.instruments.length,
        });
  const differs = suggested !== null && REQUIRED_CAPS.some((cap) => draft.caps[cap] !== suggested[cap]);
  return (
    <div className="grid gap-4">
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        {REQUIRED_CAPS.map((cap) => (
          <CapField key={cap} cap={cap} />
        ))}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {differs && (
          <Button onClick={() => set({ caps: { ...draft.caps, ...suggested } })}>
            <Wand2 size={14} aria-hidden /> Take the caps from last month
          </Button>
        )}
        <Button kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Fewer caps" : "More caps"}
        </Button>
      </div>
      {open && (
        <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
          {FURTHER_CAPS.map((cap) => (
            <CapField key={cap} cap={cap} note={risk && botLimitWords(cap, risk, currency)} />
          ))}
          <SafetyFields />
        </div>
      )}
    </div>
  );
}

function CapField({ cap, note }: { cap: CapName; note?: string | undefined }) {
  const { draft, set, problem, preview, currency } = useBotForm();
  const { label, hint, unit } = CAP_WORDS[cap];
  const text = draft.caps[cap] ?? "";
  const wrong = problem(`caps.${cap}`);
  const shortfall = wrong === undefined ? capShortfall({ cap, text, currency }, preview) : null;
  return (
    <div className="min-w-0">
      <TextField
        label={label}
        hint={hint}
        unit={capUnitWord(unit, currency)}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        error={wrong}
        onChange={(event) => set({ caps: { ...draft.caps, [cap]: event.target.value } })}
      />
      {shortfall !== null && (
        <p role="status" className="num mt-1 text-table text-notice">
          {shortfall}
        </p>
      )}
      {note !== undefined && <p className="num mt-1 text-table text-muted">{note}</p>}
    </div>
  );
}

function SafetyFields() {
  const { draft, set, problem } = useBotForm();
  // Both are about candles that are decided on.
  if (isDriven(draft)) return null;
  return (
    <>
      <TextField
        label="Behind its backtest"
        hint="The same strategy is run beside the bot on the same candles. The bot is paused when it falls further behind than this share of its capital."
        unit="%"
        inputMode="decimal"
        autoComplete="off"
        value={draft.shadowBound}
        error={problem("shadowBound")}
        onChange={(event) => set({ shadowBound: event.target.value })}
      />
      <TextField
        label="Wait after the close"
        hint="How long after a candle's close the bot decides, so that the candle is surely whole."
        unit="ms"
        inputMode="numeric"
        autoComplete="off"
        value={draft.delayMs}
        error={problem("delayMs")}
        onChange={(event) => set({ delayMs: event.target.value })}
      />
    </>
  );
}

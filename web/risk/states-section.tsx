import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Bot } from "../../schema/wire/bot.ts";
import { wordsOfCode } from "../../schema/wire/code-words.ts";
import type { AccountHalt, SetTradingStateInput, TradingStateName } from "../../schema/wire/trading.ts";
import { ActError } from "../settings/act-error.tsx";
import { ArmDialog } from "../trading/arm-dialog.tsx";
import { differencesWithin } from "../trading/difference-words.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { BotStatusBadge, TradingStateBadge } from "../trading/mode-word.tsx";
import { dashboardQuery } from "../trading/queries.ts";
import { useSetTradingState } from "../trading/trading-state.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Ago, Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { type RecordColumn, RecordTable } from "../ui/record-table.tsx";
import { botInForce, isStoppedOnly, type SwitchEntry, sinceInForce, switchInForce } from "./state-in-force.ts";

/** What stands for a bot where people place orders. */
const BY_HAND = "manual";

interface StatesSectionProps {
  readonly accountId: string;
  readonly states: readonly SwitchEntry[];
  readonly bots: readonly Pick<Bot, "id" | "status" | "reason">[];
  readonly nameOf: (botId: string) => string;
}

/** The switches by scope, the widest first: each holds for everything within it. */
export function StatesSection({ accountId, states, bots, nameOf }: StatesSectionProps) {
  const change = useSetTradingState();
  const dashboard = useQuery(dashboardQuery).data;
  const told = dashboard?.bots;
  const differences = dashboard?.accounts[accountId]?.differences ?? [];
  const [asked, setAsked] = useState<SwitchEntry | null>(null);
  const open = (entry: SwitchEntry) => differencesOf(entry, differences);
  const set = (entry: SwitchEntry, state: TradingStateName) => {
    if (state === "ACTIVE" && open(entry).length > 0) setAsked(entry);
    else change.mutate({ accountId, body: bodyOf(entry, state) });
  };
  const columns: readonly RecordColumn<SwitchEntry>[] = [
    { title: "For", left: true, cell: (entry) => scopeWords(entry, nameOf) },
    { title: "In force", left: true, cell: (entry) => <InForce {...{ entry, states, bots }} /> },
    {
      title: "Why",
      left: true,
      wrap: true,
      cell: (entry) => <Why {...{ entry, states, bots, nameOf }} />,
    },
    {
      title: "Since",
      cell: (entry) => {
        const since = sinceInForce(entry, states, bots, told ?? {});
        return since === null ? <span className="text-faint">—</span> : <Ago timeMs={since} />;
      },
    },
    {
      title: "",
      wrap: true,
      cell: (entry) => <Verbs entry={entry} busy={change.isPending} onSet={(state) => set(entry, state)} />,
    },
  ];
  return (
    <Section title="Switches" note="What is in force: the strictest of platform, you, account and bot.">
      <ActError error={change.error} />
      {asked !== null && (
        <ArmDialog
          accountId={accountId}
          differences={open(asked)}
          body={bodyOf(asked, "ACTIVE")}
          onClose={() => setAsked(null)}
        />
      )}
      <div className="card mt-2 overflow-hidden">
        <RecordTable
          label="Switches by scope"
          rows={states}
          columns={columns}
          keyOf={({ scope, id }) => `${scope} ${id}`}
        />
      </div>
    </Section>
  );
}

/** What a switch was thrown for and nobody has settled. */
function differencesOf({ scope, id }: SwitchEntry, all: readonly AccountHalt[]): readonly AccountHalt[] {
  if (scope === "account") return differencesWithin(all, undefined);
  return scope === "instrument" ? differencesWithin(all, id) : [];
}

interface RowProps {
  readonly entry: SwitchEntry;
  readonly states: readonly SwitchEntry[];
  readonly bots: StatesSectionProps["bots"];
}

/** The switch that decides, and beside it a bot that does not run for a reason of its own. */
function InForce({ entry, states, bots }: RowProps) {
  const { state, reason } = switchInForce(entry, states);
  const bot = botInForce(entry, bots);
  const told = !isStoppedOnly(entry, states, bots) && (state !== "ACTIVE" || bot === undefined);
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      {told && <TradingStateBadge state={state} reason={reason} />}
      {bot !== undefined && <BotStatusBadge status={bot.status} />}
    </span>
  );
}

function Why({ entry, states, bots, nameOf }: RowProps & { nameOf: (botId: string) => string }) {
  const decides = switchInForce(entry, states);
  const bot = botInForce(entry, bots);
  const cause = isStoppedOnly(entry, states, bots) ? null : causeOf(decides);
  const words = [
    decides === entry || decides.state === "ACTIVE"
      ? cause
      : `${scopeWords(decides, nameOf)}: ${cause ?? decides.state}`,
    bot === undefined ? null : wordsOfCode(bot.why),
  ].filter((part) => part !== null);
  if (words.length === 0) return <span className="text-faint">—</span>;
  return (
    <>
      {[...new Set(words)].join(" · ")}
      {decides.state !== "ACTIVE" && decides.until !== null && (
        <span className="text-muted">
          {" "}
          · ends by itself at <Moment timeMs={decides.until} />
        </span>
      )}
    </>
  );
}

/** Why a switch is as it is and who threw it: "Kill switch, by hand". */
function causeOf({ reason, by }: SwitchEntry): string | null {
  if (reason === null) return null;
  const hand = by === "program" ? "by a program with an API key" : by === "person" ? "by hand" : undefined;
  if (reason === "by hand") return `Set ${hand ?? "by hand"}`;
  return hand === undefined ? wordsOfCode(reason) : `${wordsOfCode(reason)}, ${hand}`;
}

function Verbs({
  entry,
  busy,
  onSet,
}: {
  entry: SwitchEntry;
  busy: boolean;
  onSet: (state: TradingStateName) => void;
}) {
  if (entry.scope === "platform") return <span className="text-faint">set by the deployment</span>;
  if (entry.scope === "bot" && entry.id === BY_HAND) return null;
  if (entry.scope === "bot") {
    return (
      <Link to="/bots/$id" params={{ id: entry.id }} className={buttonClass("plain", "min-h-7 px-2 text-table")}>
        Open the bot
      </Link>
    );
  }
  const verbs: readonly (readonly [TradingStateName, string])[] = [
    ["ACTIVE", "Arm again"],
    ["REDUCING", "Only reduce"],
    ["HALTED", "Halt"],
  ];
  return (
    <span className="inline-flex flex-wrap gap-1.5 md:justify-end">
      {verbs
        .filter(([state]) => state !== entry.state)
        // The switch of the person is thrown by the kill switch in the top bar.
        .filter(([state]) => entry.scope !== "user" || state === "ACTIVE")
        .map(([state, word]) => (
          <Button
            key={state}
            kind={state === "HALTED" ? "danger" : "plain"}
            disabled={busy}
            className="min-h-7 px-2 text-table"
            onClick={() => onSet(state)}
          >
            {word}
          </Button>
        ))}
    </span>
  );
}

function bodyOf(entry: SwitchEntry, state: TradingStateName): SetTradingStateInput {
  if (entry.scope === "user") return { state, scope: "user" };
  return entry.scope === "instrument" ? { state, instrument: entry.id } : { state };
}

function scopeWords({ scope, id }: SwitchEntry, nameOf: (botId: string) => string): string {
  switch (scope) {
    case "platform":
      return "Platform";
    case "user":
      return "Everything of yours";
    case "account":
      return "This account";
    case "instrument":
      return instrumentName(id);
    case "bot":
      return id === BY_HAND ? "Orders by hand" : `Bot ${nameOf(id)}`;
  }
}

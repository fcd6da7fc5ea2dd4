import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plug } from "lucide-react";
import { useState } from "react";
import type { Connection } from "../../schema/wire/connection.ts";
import { client } from "../api/runtime.ts";
import { refreshTrading } from "../trading/queries.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Ago } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Empty, Failure, SkeletonRows } from "../ui/states.tsx";
import { ActError } from "./act-error.tsx";
import { ConfirmAct } from "./confirm-act.tsx";
import { ConnectionDialog } from "./connection-dialog.tsx";
import { connectionsQuery } from "./settings-queries.ts";
import { VenueAccountDialog } from "./venue-account-dialog.tsx";
import { VENUE_NAMES } from "./venue-words.ts";

type Asked =
  | { readonly act: "add" }
  | { readonly act: "rotate" | "remove" | "account"; readonly connection: Connection };

/** Keys of brokers and exchanges: what each may do, and the accounts that trade with it. */
export function ConnectionsSection() {
  const connections = useQuery(connectionsQuery);
  const cache = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const done = () => {
    setAsked(null);
    void cache.invalidateQueries({ queryKey: connectionsQuery.queryKey });
    refreshTrading();
  };
  return (
    <Section
      title="Venues"
      note="Keys of brokers and exchanges. They are sealed, opened only to sign a request, and never shown again."
      actions={
        <Button kind="primary" onClick={() => setAsked({ act: "add" })}>
          Connect a venue
        </Button>
      }
    >
      {connections.isPending ? (
        <SkeletonRows rows={3} />
      ) : connections.isError ? (
        <Failure error={connections.error} onRetry={() => void connections.refetch()} />
      ) : connections.data.length === 0 ? (
        <div className="card">
          <Empty icon={Plug} title="No venue yet">
            Bots trade on simulated markets until you connect one. Begin with a testnet or a practice account: the same
            orders, with play money.
          </Empty>
        </div>
      ) : (
        <ul className="card divide-y divide-line">
          {connections.data.map((connection) => (
            <Row key={connection.id} connection={connection} onAsk={(act) => setAsked({ act, connection })} />
          ))}
        </ul>
      )}
      {asked?.act === "add" && <ConnectionDialog onClose={() => setAsked(null)} onDone={done} />}
      {asked?.act === "rotate" && (
        <ConnectionDialog rotates={asked.connection} onClose={() => setAsked(null)} onDone={done} />
      )}
      {asked?.act === "account" && (
        <VenueAccountDialog connection={asked.connection} onClose={() => setAsked(null)} onDone={done} />
      )}
      {asked?.act === "remove" && (
        <ConfirmAct
          title={`Remove ${asked.connection.label}`}
          verb="Remove the key"
          act={() => client.request(`/connections/${asked.connection.id}`, { method: "DELETE" })}
          onClose={() => setAsked(null)}
          onDone={done}
        >
          We forget the key. At the venue it goes on to exist: take it away there too.
        </ConfirmAct>
      )}
    </Section>
  );
}

const STATES: Readonly<Record<Connection["state"], { word: string; tone: BadgeTone }>> = {
  working: { word: "Working", tone: "accent" },
  refused: { word: "Refused", tone: "danger" },
  unreachable: { word: "Not reached", tone: "notice" },
  waiting: { word: "Waiting for the terminal", tone: "notice" },
};

function Row({ connection, onAsk }: { connection: Connection; onAsk: (act: "rotate" | "remove" | "account") => void }) {
  const cache = useQueryClient();
  const [testing, setTesting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { label, venue, environment, isLive, keyEnd, state, problem, facts, checkedAt, accounts } = connection;
  async function test() {
    setTesting(true);
    setError(null);
    try {
      await client.request(`/connections/${connection.id}/test`, { method: "POST" });
    } catch (failure) {
      setError(failure);
    } finally {
      setTesting(false);
      void cache.invalidateQueries({ queryKey: connectionsQuery.queryKey });
    }
  }
  return (
    <li className="grid gap-2 px-5 py-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <div className="flex flex-wrap items-center gap-2 font-medium">
            <span className="min-w-0 break-words">{label}</span>
            <Badge tone={isLive ? "live" : "neutral"}>{isLive ? "LIVE" : environment.toUpperCase()}</Badge>
            <Badge tone={STATES[state].tone}>{STATES[state].word}</Badge>
          </div>
          <p className="text-table text-muted">
            {VENUE_NAMES[venue]}, account {facts.accountNumber}, key …{keyEnd}, asked <Ago timeMs={checkedAt} />
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button kind="primary" disabled={!facts.canTrade || state === "refused"} onClick={() => onAsk("account")}>
            Trade with it
          </Button>
          <Button busy={testing} aria-label={`Test ${label}`} onClick={() => void test()}>
            Test
          </Button>
          <Button aria-label={`Replace the key of ${label}`} onClick={() => onAsk("rotate")}>
            Replace
          </Button>
          <Button kind="danger" aria-label={`Remove ${label}`} onClick={() => onAsk("remove")}>
            Remove
          </Button>
        </div>
      </div>
      <ul className="flex flex-wrap gap-1.5" aria-label={`What the key of ${label} may do`}>
        <li>
          <Badge tone={facts.canTrade ? "accent" : "danger"}>{facts.canTrade ? "can trade" : "cannot trade"}</Badge>
        </li>
        <li>
          <Badge tone={facts.canWithdraw === false ? "neutral" : facts.canWithdraw ? "danger" : "notice"}>
            {facts.canWithdraw === false
              ? "cannot withdraw"
              : facts.canWithdraw
                ? "CAN WITHDRAW"
                : "withdrawal: the venue does not say"}
          </Badge>
        </li>
        <li>
          <Badge tone={facts.addressBound ? "neutral" : "notice"}>
            {facts.addressBound
              ? "bound to addresses"
              : facts.addressBound === false
                ? "not bound to addresses"
                : "addresses: the venue does not say"}
          </Badge>
        </li>
        {accounts.map((account) => (
          <li key={account.id}>
            <Badge>{account.name}</Badge>
          </li>
        ))}
      </ul>
      {problem !== null && <p className="text-table text-danger">{problem}</p>}
      {facts.warnings.map((warning) => (
        <p key={warning} className="text-table text-notice">
          {warning}
        </p>
      ))}
      <ActError error={error} />
    </li>
  );
}

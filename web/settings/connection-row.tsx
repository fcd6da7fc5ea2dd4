import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Connection } from "../../schema/wire/connection.ts";
import { client } from "../api/runtime.ts";
import { formatAmount } from "../format/decimal.ts";
import { dashboardQuery } from "../trading/queries.ts";
import { AccountStream, StreamState } from "../trading/stream-state.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { Ago, Moment } from "../ui/moment.tsx";
import { ActError } from "./act-error.tsx";
import { connectionStanding } from "./connection-standing.ts";
import { connectionsQuery } from "./settings-queries.ts";
import { hasPricesAlone, VENUE_NAMES } from "./venue-words.ts";

/** What can be done with a connection in a dialog of its own. */
export type ConnectionAct = "rotate" | "remove" | "account" | "terminal";

interface ConnectionRowProps {
  readonly connection: Connection;
  readonly onAsk: (act: ConnectionAct) => void;
}

/** A connection: whose account it is, what its key may do, and the accounts that trade with it. */
export function ConnectionRow({ connection, onAsk }: ConnectionRowProps) {
  const cache = useQueryClient();
  const [testing, setTesting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { label, venue, environment, isLive, state, problem, facts, line } = connection;
  const isPrices = hasPricesAlone(venue);
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
            <Badge tone={isLive ? "live" : "neutral"}>
              {isLive ? "LIVE" : isPrices ? "PRICES" : environment.toUpperCase()}
            </Badge>
            <StateBadge connection={connection} />
          </div>
          <About connection={connection} />
        </div>
        <div className="flex flex-wrap gap-2">
          {isPrices ? (
            <Link to="/data" search={{ bring: "open", source: connection.id }} className={buttonClass("primary")}>
              Bring candles
            </Link>
          ) : state === "waiting" ? (
            <Button kind="primary" onClick={() => onAsk("terminal")}>
              Set up the terminal
            </Button>
          ) : (
            <Button kind="primary" disabled={!facts.canTrade || state === "refused"} onClick={() => onAsk("account")}>
              Trade with it
            </Button>
          )}
          {line !== null && state !== "waiting" && (
            <Button aria-label={`Set up the terminal of ${label}`} onClick={() => onAsk("terminal")}>
              Set up
            </Button>
          )}
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
      {line !== null && <StreamState stream={line} isTerminal whole />}
      {state !== "waiting" && <Rights connection={connection} />}
      {problem !== null && <p className="text-table text-danger">{problem}</p>}
      {facts.warnings.map((warning) => (
        <p key={warning} className="text-table text-notice">
          {warning}
        </p>
      ))}
      <Accounts connection={connection} />
      <ActError error={error} />
    </li>
  );
}

/** What is known of it now; the last test is only asked where nothing tells of the moment. */
function StateBadge({ connection }: { connection: Connection }) {
  const { word, tone, hint, silentSince } = connectionStanding(connection, useQuery(dashboardQuery).data);
  return (
    <>
      <span title={hint} className="inline-flex">
        <Badge tone={tone}>{word}</Badge>
      </span>
      {silentSince !== null && (
        <span className="num text-table font-normal text-muted">
          since <Moment timeMs={silentSince} />
        </span>
      )}
    </>
  );
}

function About({ connection: { venue, facts, keyEnd, checkedAt, state } }: { connection: Connection }) {
  const { accountNumber, balance, currency } = facts;
  return (
    <p className="num text-table break-words text-muted">
      {VENUE_NAMES[venue]}
      {accountNumber !== "" && <>, account {accountNumber}</>}
      {balance !== undefined && <>, balance {formatAmount(balance, currency)}</>}
      {/* A terminal is known by its account: its key is ours. */}
      {venue !== "MT5" && <>, key …{keyEnd}</>}
      {state !== "waiting" && (
        <>
          , asked <Ago timeMs={checkedAt} />
        </>
      )}
    </p>
  );
}

function Rights({ connection: { label, venue, facts, line } }: { connection: Connection }) {
  const { canTrade, canWithdraw, addressBound } = facts;
  const isPrices = hasPricesAlone(venue);
  const withdraws =
    canWithdraw === false ? "cannot withdraw" : canWithdraw ? "CAN WITHDRAW" : "withdrawal: the venue does not say";
  const bound = addressBound
    ? "bound to addresses"
    : addressBound === false
      ? "not bound to addresses"
      : "addresses: the venue does not say";
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label={`What the key of ${label} may do`}>
      <li>
        <Badge tone={canTrade ? "accent" : isPrices ? "neutral" : "danger"}>
          {canTrade ? "can trade" : isPrices ? "prices alone" : "cannot trade"}
        </Badge>
      </li>
      <li>
        <Badge tone={canWithdraw === false ? "neutral" : canWithdraw ? "danger" : "notice"}>{withdraws}</Badge>
      </li>
      {line === null && (
        <li>
          <Badge tone={addressBound ? "neutral" : "notice"}>{bound}</Badge>
        </li>
      )}
    </ul>
  );
}

/** Accounts that trade with it; each has a stream of its own, but those of one terminal. */
function Accounts({ connection: { label, accounts, line } }: { connection: Connection }) {
  if (accounts.length === 0) return null;
  return (
    <ul className="grid gap-1 text-table" aria-label={`Accounts that trade with ${label}`}>
      {accounts.map(({ id, name }) => (
        <li key={id} className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 break-words">
            <span className="text-muted">Traded by</span> {name}
          </span>
          {line === null && <AccountStream accountId={id} />}
        </li>
      ))}
    </ul>
  );
}

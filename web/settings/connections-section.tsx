import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plug } from "lucide-react";
import { useState } from "react";
import type { Connection } from "../../schema/wire/connection.ts";
import { client } from "../api/runtime.ts";
import { refreshTrading } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { Section } from "../ui/page.tsx";
import { Empty, Failure, SkeletonRows } from "../ui/states.tsx";
import { ConfirmAct } from "./confirm-act.tsx";
import { ConnectionDialog } from "./connection-dialog.tsx";
import { type ConnectionAct, ConnectionRow } from "./connection-row.tsx";
import { connectionsQuery } from "./settings-queries.ts";
import { TerminalDialog } from "./terminal-dialog.tsx";
import { VenueAccountDialog } from "./venue-account-dialog.tsx";

type Asked =
  | { readonly act: "add" }
  | { readonly act: ConnectionAct; readonly connection: Connection; readonly secret?: string | undefined };

/** Keys of brokers and exchanges: what each may do, and the accounts that trade with it. */
export function ConnectionsSection() {
  const connections = useQuery(connectionsQuery);
  const cache = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const done = (next: Asked | null = null) => {
    setAsked(next);
    void cache.invalidateQueries({ queryKey: connectionsQuery.queryKey });
    refreshTrading();
  };
  const bridge = connections.data?.bridge ?? null;
  // A terminal is not connected by its key alone: what is left to do is shown next.
  const kept = (connection: Connection, secret: string | undefined) =>
    done(secret === undefined ? null : { act: "terminal", connection, secret });
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
      ) : connections.data.rows.length === 0 ? (
        <div className="card">
          <Empty icon={Plug} title="No venue yet">
            Bots trade on simulated markets until you connect one. Begin with a testnet or a practice account: the same
            orders, with play money.
          </Empty>
        </div>
      ) : (
        <ul className="card divide-y divide-line">
          {connections.data.rows.map((connection) => (
            <ConnectionRow key={connection.id} connection={connection} onAsk={(act) => setAsked({ act, connection })} />
          ))}
        </ul>
      )}
      {asked?.act === "add" && <ConnectionDialog bridge={bridge} onClose={() => setAsked(null)} onDone={kept} />}
      {asked?.act === "rotate" && (
        <ConnectionDialog rotates={asked.connection} bridge={bridge} onClose={() => setAsked(null)} onDone={kept} />
      )}
      {asked?.act === "terminal" && (
        <TerminalDialog
          connection={asked.connection}
          secret={asked.secret}
          onTrade={(connection) => setAsked({ act: "account", connection })}
          onReplace={(connection) => setAsked({ act: "rotate", connection })}
          onClose={() => setAsked(null)}
        />
      )}
      {asked?.act === "account" && (
        <VenueAccountDialog connection={asked.connection} onClose={() => setAsked(null)} onDone={() => done()} />
      )}
      {asked?.act === "remove" && (
        <ConfirmAct
          title={`Remove ${asked.connection.label}`}
          verb="Remove the key"
          act={() => client.request(`/connections/${asked.connection.id}`, { method: "DELETE" })}
          isReady={asked.connection.accounts.length === 0}
          onClose={() => setAsked(null)}
          onDone={() => done()}
        >
          {removalWords(asked.connection)}
        </ConfirmAct>
      )}
    </Section>
  );
}

/** What removing a key does, or what has to be done before it can be. */
function removalWords({ accounts }: Pick<Connection, "accounts">): string {
  if (accounts.length === 0) return "We forget the key. At the venue it goes on to exist: take it away there too.";
  const names = new Intl.ListFormat("en").format(accounts.map(({ name }) => name));
  const [trade, them] = accounts.length === 1 ? ["trades", "that account"] : ["trade", "those accounts"];
  return `${names} ${trade} with this key. Delete ${them} under Trading accounts first, or replace the key.`;
}

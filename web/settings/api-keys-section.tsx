import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { ApiKey, NewApiKey } from "../../schema/wire/account.ts";
import { sessionQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Ago, Moment, useNow } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Empty, Failure, SkeletonRows } from "../ui/states.tsx";
import { NeedsSecondFactor } from "./act-error.tsx";
import { ConfirmAct } from "./confirm-act.tsx";
import { NewKeyDialog } from "./new-key-dialog.tsx";
import { SecretText } from "./secret-text.tsx";
import { apiKeysQuery } from "./settings-queries.ts";

/** Whether a key has expired is looked at this often. */
const EXPIRY_TICK_MS = 60_000;

/** Keys for programs: the list, a new one, and the end of one. */
export function ApiKeysSection() {
  const keys = useQuery(apiKeysQuery);
  const session = useQuery(sessionQuery).data;
  const cache = useQueryClient();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const refresh = () => void cache.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
  const barred = session?.secondFactor === false;
  return (
    <Section
      title="API keys"
      note="For programs that act in your name."
      actions={
        <Button kind="primary" disabled={barred} onClick={() => setMaking(true)}>
          Make a key
        </Button>
      }
    >
      {barred && (
        <div className="mb-3">
          <NeedsSecondFactor />
        </div>
      )}
      {keys.isPending ? (
        <SkeletonRows rows={3} />
      ) : keys.isError ? (
        <Failure error={keys.error} onRetry={() => void keys.refetch()} />
      ) : (
        <KeyList keys={keys.data} onRevoke={setRevoking} />
      )}
      {making && (
        <NewKeyDialog
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false);
            setMade(key);
            refresh();
          }}
        />
      )}
      {made !== null && <SecretDialog made={made} onClose={() => setMade(null)} />}
      {revoking !== null && (
        <ConfirmAct
          title={`Revoke ${revoking.name}`}
          verb="Revoke the key"
          act={() => client.request(`/api-keys/${revoking.id}`, { method: "DELETE" })}
          onClose={() => setRevoking(null)}
          onDone={() => {
            setRevoking(null);
            refresh();
          }}
        >
          The key that starts with <code className="font-mono">{revoking.start}</code> stops working at once; a program
          that uses it is refused from its next request. This cannot be undone.
        </ConfirmAct>
      )}
    </Section>
  );
}

function KeyList({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  if (keys.length === 0) {
    return (
      <div className="card">
        <Empty icon={KeyRound} title="No keys yet">
          A key lets a script read your results or run backtests without your password. Each has scopes and an end.
        </Empty>
      </div>
    );
  }
  return (
    <ul className="card divide-y divide-line">
      {keys.map((key) => (
        <KeyRow key={key.id} apiKey={key} onRevoke={() => onRevoke(key)} />
      ))}
    </ul>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const now = useNow(EXPIRY_TICK_MS);
  const { expiresAt, lastUsedAt, lastUsedAddress, allowedAddresses } = apiKey;
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-5 py-3">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2 font-medium">
          <span className="min-w-0 truncate">{apiKey.name}</span>
          <code className="font-mono text-table text-muted">{apiKey.start}…</code>
          {apiKey.scopes.map((scope) => (
            <Badge key={scope} tone={scope === "read" ? "neutral" : "notice"}>
              {scope}
            </Badge>
          ))}
          {expiresAt !== null && expiresAt <= now && <Badge tone="danger">Expired</Badge>}
        </div>
        <p className="text-table text-muted">
          Made <Moment timeMs={apiKey.createdAt} />,{" "}
          {expiresAt === null ? "never ends" : <Labelled word="ends" timeMs={expiresAt} />},{" "}
          {lastUsedAt === null ? "not used yet" : <UsedAgo timeMs={lastUsedAt} address={lastUsedAddress} />}
        </p>
        {allowedAddresses !== null && (
          <p className="num text-table break-all text-muted">Only from {allowedAddresses.join(", ")}</p>
        )}
      </div>
      <Button kind="danger" aria-label={`Revoke ${apiKey.name}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  );
}

function Labelled({ word, timeMs }: { word: string; timeMs: number }) {
  return (
    <>
      {word} <Moment timeMs={timeMs} />
    </>
  );
}

function UsedAgo({ timeMs, address }: { timeMs: number; address: string | null }) {
  return (
    <>
      last used <Ago timeMs={timeMs} />
      {address !== null && ` from ${address}`}
    </>
  );
}

function SecretDialog({ made, onClose }: { made: NewApiKey; onClose: () => void }) {
  return (
    <Dialog title={`The key ${made.name}`} open onClose={onClose}>
      <div className="grid gap-4">
        <p className="text-muted">
          This is shown only now. Keep it where your program reads its secrets, never in its code. Send it as the header{" "}
          <code className="font-mono">Authorization: Bearer</code>.
        </p>
        <SecretText label="The secret of the key" text={made.secret} />
        <div className="flex justify-end">
          <Button kind="primary" onClick={onClose}>
            I have kept it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

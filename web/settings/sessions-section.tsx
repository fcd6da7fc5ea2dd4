import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SessionEntry } from "../../schema/wire/account.ts";
import { client } from "../api/runtime.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Ago, Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { browserName } from "./browser-name.ts";
import { ConfirmAct } from "./confirm-act.tsx";
import { sessionsQuery } from "./settings-queries.ts";

/** Every browser that is signed in, and the way to end it. */
export function SessionsSection() {
  const sessions = useQuery(sessionsQuery);
  const [ending, setEnding] = useState<SessionEntry | "others" | null>(null);
  const hasOthers = sessions.data?.some((session) => !session.current) ?? false;
  return (
    <Section
      title="Sessions"
      note="Browsers that are signed in to your account."
      actions={
        hasOthers && (
          <Button kind="danger" onClick={() => setEnding("others")}>
            End all others
          </Button>
        )
      }
    >
      {sessions.isPending ? (
        <SkeletonRows rows={3} />
      ) : sessions.isError ? (
        <Failure error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : (
        <ul className="card divide-y divide-line">
          {sessions.data.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => setEnding(session)} />
          ))}
        </ul>
      )}
      {sessions.data !== undefined && !hasOthers && (
        <p className="mt-3 text-muted">This is the only one. Another browser that signs in is listed here.</p>
      )}
      {ending !== null && <EndDialog ending={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}

function SessionRow({ session, onEnd }: { session: SessionEntry; onEnd: () => void }) {
  const name = browserName(session.userAgent);
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-5 py-3">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2 font-medium">
          <span title={session.userAgent}>{name}</span>
          {session.current && <Badge tone="accent">This one</Badge>}
          {session.secondFactor && <Badge>Second factor</Badge>}
        </div>
        <p className="text-table text-muted">
          <span className="num">{session.address}</span>, started <Moment timeMs={session.createdAt} />, last used{" "}
          <Ago timeMs={session.usedAt} />
        </p>
      </div>
      {!session.current && (
        <Button kind="danger" aria-label={`End the session of ${name} at ${session.address}`} onClick={onEnd}>
          End
        </Button>
      )}
    </li>
  );
}

function EndDialog({ ending, onClose }: { ending: SessionEntry | "others"; onClose: () => void }) {
  const cache = useQueryClient();
  const all = ending === "others";
  return (
    <ConfirmAct
      title={all ? "End all other sessions" : "End the session"}
      verb={all ? "End all others" : "End it"}
      act={() => client.request(`/account/sessions${all ? "" : `/${ending.id}`}`, { method: "DELETE" })}
      onClose={onClose}
      onDone={() => {
        onClose();
        void cache.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      }}
    >
      {all
        ? "Every browser but this one is signed out at once and must sign in again. API keys go on working."
        : `${browserName(ending.userAgent)} at ${ending.address} is signed out at once and must sign in again. If it was not you, also change your password.`}
    </ConfirmAct>
  );
}

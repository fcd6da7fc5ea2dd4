import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { AdminUser } from "../../schema/wire/account.ts";
import { sessionQuery } from "../api/queries.ts";
import { formatCount } from "../format/format.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { TextField } from "../ui/field.tsx";
import { Ago } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Empty, Failure, SkeletonRows } from "../ui/states.tsx";
import { usersQuery } from "./admin-queries.ts";
import { UserDialog, type UserVerb } from "./user-dialog.tsx";

/** Everybody who has an account: their roles, whether it is open, their sessions. */
export function UsersSection() {
  const [search, setSearch] = useState("");
  const deferred = useDeferredValue(search.trim());
  const query = useInfiniteQuery(usersQuery(deferred));
  const [asked, setAsked] = useState<{ readonly user: AdminUser; readonly verb: UserVerb } | null>(null);
  const cache = useQueryClient();
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Section title="Users" note="The newest first.">
      <TextField
        label="Find"
        className="mb-4 max-w-md"
        placeholder="The begin of an address, or a part of a name"
        value={search}
        maxLength={40}
        onChange={(event) => setSearch(event.target.value)}
      />
      {query.isPending ? (
        <SkeletonRows rows={6} />
      ) : query.data === undefined ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon={Users} title="Nobody is named so">
          Accounts are found by the begin of their address, or by a part of their name.
        </Empty>
      ) : (
        <div className={classNames("card", query.isPlaceholderData && "opacity-60")}>
          <ul aria-label="Users" className="divide-y divide-line">
            {rows.map((user) => (
              <UserRow key={user.id} user={user} onAsk={(verb) => setAsked({ user, verb })} />
            ))}
          </ul>
          {query.hasNextPage && (
            <div className="flex justify-end border-t border-line px-4 py-2">
              <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Load older
              </Button>
            </div>
          )}
        </div>
      )}
      {asked !== null && (
        <UserDialog
          {...asked}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            void cache.invalidateQueries({ queryKey: ["admin", "users"] });
          }}
        />
      )}
    </Section>
  );
}

function UserRow({ user, onAsk }: { user: AdminUser; onAsk: (verb: UserVerb) => void }) {
  const me = useQuery(sessionQuery).data?.user;
  const { id, name, email, role, emailVerified, secondFactor, disabledAt, deletionDueAt, sessions, createdAt } = user;
  const isMe = me?.id === id;
  const isAdministrator = me?.role === "administrator";
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <div className="flex flex-wrap items-center gap-2">
          <span className="min-w-0 font-medium break-words">{name === "" ? email : name}</span>
          {role !== "trader" && <Badge tone="accent">{role}</Badge>}
          {isMe && <Badge>You</Badge>}
          {disabledAt !== null && <Badge tone="danger">Closed</Badge>}
          {deletionDueAt !== null && <Badge tone="notice">Will be erased</Badge>}
          {!emailVerified && <Badge tone="notice">Address not confirmed</Badge>}
        </div>
        <p className="text-table break-words text-muted">
          {email}, since <Ago timeMs={createdAt} />, {formatCount(sessions)} {sessions === 1 ? "session" : "sessions"},{" "}
          {secondFactor ? "second factor" : "no second factor"}
        </p>
        <p className="font-mono text-[11px] break-all text-faint">{id}</p>
      </div>
      {!isMe && (
        <div className="flex flex-wrap gap-2">
          <Button aria-label={`Look at it, the account of ${email}`} onClick={() => onAsk("view")}>
            Look at it
          </Button>
          {sessions > 0 && (
            <Button aria-label={`End sessions of ${email}`} onClick={() => onAsk("end-sessions")}>
              End sessions
            </Button>
          )}
          {isAdministrator && (
            <>
              <Button aria-label={`Role of ${email}`} onClick={() => onAsk("role")}>
                Role
              </Button>
              <Button
                kind={disabledAt === null ? "danger" : "plain"}
                aria-label={`${disabledAt === null ? "Close" : "Open"} the account of ${email}`}
                onClick={() => onAsk(disabledAt === null ? "close" : "open")}
              >
                {disabledAt === null ? "Close" : "Open"}
              </Button>
            </>
          )}
        </div>
      )}
    </li>
  );
}

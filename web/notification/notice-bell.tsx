import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { Bell } from "lucide-react";
import type { InboxNotice } from "../../schema/wire/notification.ts";
import { sessionQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { classNames } from "../ui/class-names.ts";
import { Menu, MenuItem, MenuLine } from "../ui/menu.tsx";
import { Ago } from "../ui/moment.tsx";
import { foldNotices } from "./fold-notices.ts";
import { LEVEL_LOOKS } from "./notice-words.ts";
import { inboxQuery } from "./notification-queries.ts";

/** Notices that the bell lists; the page of a bot or an account says more. */
const SHOWN = 8;
const COUNT_MAX = 99;

/** What happened, a press away from every page: a count of what is new, the newest, and where each leads. */
export function NoticeBell() {
  const viewing = useQuery(sessionQuery).data?.viewing;
  const inbox = useQuery({ ...inboxQuery, enabled: viewing === null || viewing === undefined });
  const cache = useQueryClient();
  const navigate = useNavigate();
  if (viewing !== null && viewing !== undefined) return null;
  const unread = inbox.data?.unread ?? 0;
  const rows = foldNotices(inbox.data?.rows ?? []).slice(0, SHOWN);
  const last = inbox.data?.rows[0];
  async function markRead() {
    if (last === undefined) return;
    await client.request("/notifications/inbox/read", { method: "POST", body: { until: last.at } });
    await cache.invalidateQueries({ queryKey: inboxQuery.queryKey });
  }
  return (
    <Menu label="Notifications" trigger={<BellButton unread={unread} />}>
      <div className="w-84 max-w-[calc(100vw-24px)]">
        {inbox.isError ? (
          <p className="px-3 py-4 text-danger">Notifications could not be read right now.</p>
        ) : rows.length === 0 ? (
          <p className="px-3 py-4 text-muted">
            Nothing happened yet that you are told of. Halts, errors, losses and finished runs show up here.
          </p>
        ) : (
          <div className="scroll-thin max-h-[60dvh] overflow-y-auto">
            {rows.map((notice) => (
              <NoticeItem key={notice.id} notice={notice} />
            ))}
          </div>
        )}
        <MenuLine />
        {unread > 0 && <MenuItem onSelect={() => void markRead()}>Mark all as read</MenuItem>}
        <MenuItem onSelect={() => void navigate({ to: "/settings", search: { section: "notifications" } })}>
          Choose what you are told
        </MenuItem>
      </div>
    </Menu>
  );
}

function BellButton({ unread, ...trigger }: { unread: number }) {
  const label = unread === 0 ? "Notifications" : `Notifications, ${unread} new`;
  return (
    <button
      type="button"
      aria-label={label}
      {...trigger}
      className="relative inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink max-md:size-9"
    >
      <Bell size={17} strokeWidth={1.75} aria-hidden />
      {unread > 0 && (
        <span
          aria-hidden
          className="num absolute top-0 right-0 inline-flex h-4 min-w-4 items-center justify-center rounded-full bg-accent-solid px-1 text-[10px] font-semibold text-[#fff]"
        >
          {unread > COUNT_MAX ? `${COUNT_MAX}+` : unread}
        </span>
      )}
    </button>
  );
}

function NoticeItem({ notice }: { notice: InboxNotice }) {
  const router = useRouter();
  const { icon: Icon, tone, word } = LEVEL_LOOKS[notice.level];
  const { path } = notice;
  return (
    <MenuItem disabled={path === null} onSelect={() => path !== null && router.history.push(path)}>
      <span className="flex min-w-0 gap-2 py-1.5">
        <Icon size={14} aria-label={word} className={classNames("mt-0.5 shrink-0", tone)} />
        <span className="min-w-0">
          <span className={classNames("block", notice.read ? "text-muted" : "font-medium")}>{notice.title}</span>
          {notice.text !== "" && <span className="line-clamp-2 text-table text-muted">{notice.text}</span>}
          <span className="block text-table text-faint">
            <Ago timeMs={notice.at} />
            {notice.repeats > 0 && `, and ${notice.repeats} more like it`}
          </span>
        </span>
      </span>
    </MenuItem>
  );
}

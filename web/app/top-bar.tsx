import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleHelp, LogOut, Search, ServerCog, Settings, ShieldCheck } from "lucide-react";
import { lazy, Suspense } from "react";
import { isOperator } from "../admin/is-operator.ts";
import { sessionQuery } from "../api/queries.ts";
import { signOut } from "../session/identity.ts";
import { KillButton } from "../trading/kill-switch.tsx";
import { IconButton } from "../ui/button.tsx";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "../ui/menu.tsx";
import { setPreferences, usePreferences } from "./preferences.ts";
import { Mark } from "./rail.tsx";
import type { Overlay } from "./shell.tsx";

const AccountStrip = lazy(async () => ({ default: (await import("../trading/account-strip.tsx")).AccountStrip }));

const NoticeBell = lazy(async () => ({ default: (await import("../notification/notice-bell.tsx")).NoticeBell }));

/** Search, money, the kill switch, help and the account, above every page. */
export function TopBar({ onOverlay }: { onOverlay: (overlay: Overlay) => void }) {
  return (
    <header className="sticky top-0 z-10 flex h-12 shrink-0 items-center gap-2 border-b border-line bg-ground px-6 max-md:px-4">
      <span className="md:hidden">
        <Mark />
      </span>
      <button
        type="button"
        onClick={() => onOverlay("palette")}
        className="flex h-8 w-72 min-w-0 shrink items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-faint transition-colors hover:border-line-strong hover:text-muted max-md:hidden"
      >
        <Search size={14} aria-hidden />
        Search or run a command
        <kbd className="ml-auto font-mono text-[11px]">Ctrl K</kbd>
      </button>
      <div className="ml-auto flex min-w-0 items-center gap-1">
        <Suspense fallback={null}>
          <AccountStrip />
        </Suspense>
        <Suspense fallback={<span className="size-8 max-md:size-9" />}>
          <NoticeBell />
        </Suspense>
        <KillButton />
        <IconButton label="Keyboard and help" className="max-sm:hidden" onClick={() => onOverlay("help")}>
          <CircleHelp size={17} strokeWidth={1.75} aria-hidden />
        </IconButton>
        <AccountMenu />
      </div>
    </header>
  );
}

function AccountMenu() {
  const session = useQuery(sessionQuery).data;
  const preferences = usePreferences();
  const navigate = useNavigate();
  const user = session?.user;
  const isDemo = user !== null && user !== undefined && user.email === session?.demo?.email;
  const initial = (user?.name || user?.email || "?").trim().charAt(0).toUpperCase();
  return (
    <Menu
      label="Account"
      trigger={
        <button
          type="button"
          aria-label="Account and appearance"
          className="inline-flex size-8 items-center justify-center rounded-full border border-line-strong bg-raised text-table font-semibold hover:border-faint max-md:size-9"
        >
          {initial}
        </button>
      }
    >
      <div className="max-w-64 px-2 pt-1.5 pb-1">
        <div className="truncate font-medium">{user?.name || "Signed in"}</div>
        <div className="truncate text-table text-muted">{user?.email}</div>
        {isDemo && <div className="mt-1 text-table text-notice">Demo account of this machine</div>}
      </div>
      <MenuLine />
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice
        value={preferences.theme}
        onChange={(theme) => setPreferences({ theme })}
        choices={[
          { value: "dark", label: "Dark" },
          { value: "light", label: "Light" },
          { value: "system", label: "As the system" },
        ]}
      />
      <MenuLabel>Profit and loss</MenuLabel>
      <MenuChoice
        value={preferences.palette}
        onChange={(palette) => setPreferences({ palette })}
        choices={[
          { value: "green-red", label: "Green and red" },
          { value: "blue-orange", label: "Blue and orange" },
        ]}
      />
      <MenuLine />
      <MenuItem onSelect={() => void navigate({ to: "/settings" })}>
        <Settings size={14} aria-hidden /> Settings
      </MenuItem>
      <MenuItem onSelect={() => void navigate({ to: "/audit" })}>
        <ShieldCheck size={14} aria-hidden /> Audit trail
      </MenuItem>
      {isOperator(session) && (
        <MenuItem onSelect={() => void navigate({ to: "/admin" })}>
          <ServerCog size={14} aria-hidden /> Operations
        </MenuItem>
      )}
      <MenuItem onSelect={() => void signOut()}>
        <LogOut size={14} aria-hidden /> Sign out
      </MenuItem>
    </Menu>
  );
}

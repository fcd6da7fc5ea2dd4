import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import {
  Bot,
  ChartNoAxesCombined,
  Database,
  Ellipsis,
  LayoutDashboard,
  ListOrdered,
  NotebookPen,
  PanelLeftClose,
  PanelLeftOpen,
  ScrollText,
  Search,
  Settings,
  ShieldAlert,
  ShieldCheck,
} from "lucide-react";
import { classNames } from "../ui/class-names.ts";
import { Bubble } from "../ui/hint.tsx";
import { Menu, MenuItem, MenuLine } from "../ui/menu.tsx";
import { setPreferences, usePreferences } from "./preferences.ts";

/** The places of the app: what trades now first, then what it is made of. `thumb` has room in the bar of a phone. */
export const PLACES = [
  { to: "/", label: "Dashboard", icon: LayoutDashboard, keys: "g h", thumb: true },
  { to: "/bots", label: "Bots", icon: Bot, keys: "g o", thumb: true },
  { to: "/orders", label: "Orders", icon: ListOrdered, keys: "g r", thumb: true },
  { to: "/journal", label: "Journal", icon: NotebookPen, keys: "g j", thumb: false },
  { to: "/risk", label: "Risk", icon: ShieldAlert, keys: "g k", thumb: true },
  { to: "/backtests", label: "Backtests", icon: ChartNoAxesCombined, keys: "g b", thumb: false },
  { to: "/strategies", label: "Strategies", icon: ScrollText, keys: "g s", thumb: false },
  { to: "/data", label: "Data", icon: Database, keys: "g d", thumb: false },
] as const;

const placeClass = classNames(
  "flex h-10 items-center gap-3 rounded-md px-[11px] font-medium text-muted transition-colors hover:bg-hover hover:text-ink",
  "aria-[current=page]:bg-hover aria-[current=page]:text-ink",
);

/** The bar of places at the left: icons with their names on hover, or pinned open. */
export function Rail() {
  const wide = usePreferences().rail === "wide";
  const Toggle = wide ? PanelLeftClose : PanelLeftOpen;
  const label = wide ? "Fold the bar" : "Pin the bar open";
  return (
    <nav
      aria-label="Places"
      className={classNames(
        "sticky top-0 z-20 flex h-dvh shrink-0 flex-col gap-1 border-r border-line bg-surface px-2 pb-2 max-md:hidden",
        wide ? "w-52" : "w-14",
      )}
    >
      <Link to="/" aria-label="ApexTrade, dashboard" className="mb-1 flex h-12 items-center gap-3 px-[7px]">
        <Mark />
        {wide && <span className="text-[14px] font-semibold tracking-[-0.01em]">ApexTrade</span>}
      </Link>
      {PLACES.map((place) => (
        <Tip key={place.to} text={place.label} keys={place.keys} off={wide}>
          <Link
            to={place.to}
            activeOptions={{ exact: place.to === "/" }}
            aria-label={place.label}
            className={placeClass}
          >
            <place.icon size={18} strokeWidth={1.75} aria-hidden className="shrink-0" />
            {wide && place.label}
          </Link>
        </Tip>
      ))}
      <Tip text={label} off={wide}>
        <button
          type="button"
          aria-label={label}
          onClick={() => setPreferences({ rail: wide ? "narrow" : "wide" })}
          className={classNames(placeClass, "mt-auto text-faint")}
        >
          <Toggle size={18} strokeWidth={1.75} aria-hidden className="shrink-0" />
          {wide && "Fold"}
        </button>
      </Tip>
    </nav>
  );
}

const barItemClass =
  "flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-[11px] font-medium text-muted aria-[current=page]:text-accent";

/** The places looked at most under the thumb on a phone; all others, the search and the settings behind More. */
export function BottomBar({ onSearch }: { onSearch: () => void }) {
  const navigate = useNavigate();
  const others = PLACES.filter(({ thumb }) => !thumb);
  const here = useRouterState({ select: ({ location }) => location.pathname });
  const within = [...others.map(({ to }) => to), "/settings", "/audit"].some((to) => here.startsWith(to));
  return (
    <nav
      aria-label="Places"
      className="fixed inset-x-0 bottom-0 z-30 flex h-14 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {PLACES.filter(({ thumb }) => thumb).map((place) => (
        <Link key={place.to} to={place.to} activeOptions={{ exact: place.to === "/" }} className={barItemClass}>
          <place.icon size={20} strokeWidth={1.75} aria-hidden />
          {place.label}
        </Link>
      ))}
      <Menu
        label="More places"
        trigger={
          <button type="button" aria-current={within ? "page" : undefined} className={barItemClass}>
            <Ellipsis size={20} strokeWidth={1.75} aria-hidden />
            More
          </button>
        }
      >
        {others.map((place) => (
          <MenuItem key={place.to} onSelect={() => void navigate({ to: place.to })}>
            <place.icon size={16} strokeWidth={1.75} aria-hidden /> {place.label}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onSelect={() => void navigate({ to: "/settings" })}>
          <Settings size={16} strokeWidth={1.75} aria-hidden /> Settings
        </MenuItem>
        <MenuItem onSelect={() => void navigate({ to: "/audit" })}>
          <ShieldCheck size={16} strokeWidth={1.75} aria-hidden /> Audit trail
        </MenuItem>
        <MenuItem onSelect={onSearch}>
          <Search size={16} strokeWidth={1.75} aria-hidden /> Search
        </MenuItem>
      </Menu>
    </nav>
  );
}

/** The sign of the product. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="7" fill="var(--accent-solid)" />
      <path
        d="M6 23 13 11l5 7 3.5-5L26 23"
        fill="none"
        stroke="#fff"
        strokeWidth="2.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

function Tip(props: { text: string; keys?: string; off: boolean; children: React.ReactElement }) {
  if (props.off) return props.children;
  const text = (
    <span className="flex items-center gap-3">
      {props.text}
      {props.keys !== undefined && <kbd className="font-mono text-[11px] text-faint">{props.keys}</kbd>}
    </span>
  );
  return (
    <Bubble text={text} side="right">
      {props.children}
    </Bubble>
  );
}

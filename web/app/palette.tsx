import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import {
  BookOpen,
  Bot,
  ChartNoAxesCombined,
  Database,
  FilePlus2,
  ListOrdered,
  type LucideIcon,
  Moon,
  Play,
  ScrollText,
  Settings,
  ShieldCheck,
  Upload,
} from "lucide-react";
import type { ReactNode } from "react";
import { backtestsQuery, datasetsQuery, strategiesQuery } from "../api/queries.ts";
import { runTitle } from "../backtest/run-title.ts";
import { SETTINGS_PLACES } from "../settings/settings-search.ts";
import { dashboardQuery } from "../trading/queries.ts";
import { Dialog } from "../ui/dialog.tsx";
import { setPreferences, useTheme } from "./preferences.ts";
import { PLACES } from "./rail.tsx";

/** Rows of each kind that the palette searches: the newest, which are the ones looked for. */
const ROWS_MAX = 60;

/** Every page and verb by name. */
export function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const navigate = useNavigate();
  const theme = useTheme();
  const runs = useQuery(backtestsQuery).data ?? [];
  const datasets = useQuery(datasetsQuery).data ?? [];
  const strategies = useQuery(strategiesQuery).data ?? [];
  function go(act: () => unknown) {
    onClose();
    void act();
  }
  return (
    <Dialog title="Search" open onClose={onClose}>
      <Command label="Search pages and commands" className="-m-2">
        <Command.Input
          autoFocus
          placeholder="A page, a run, a dataset, a command"
          className="mb-2 h-10 w-full rounded-md border border-line-strong bg-ground px-3 text-[14px] outline-none focus:border-accent"
        />
        <Command.List className="scroll-thin max-h-[360px] overflow-y-auto">
          <Command.Empty className="px-3 py-8 text-center text-muted">Nothing by that name.</Command.Empty>
          <Group heading="Do">
            <Row icon={Play} onSelect={() => go(() => navigate({ to: "/backtests/new" }))} keys="n">
              New backtest
            </Row>
            <Row icon={Bot} onSelect={() => go(() => navigate({ to: "/bots/new" }))}>
              New bot
            </Row>
            <Row icon={ListOrdered} onSelect={() => go(() => navigate({ to: "/orders", search: { ticket: "open" } }))}>
              Place an order
            </Row>
            <Row icon={FilePlus2} onSelect={() => go(() => navigate({ to: "/strategies/new" }))}>
              Write a strategy
            </Row>
            <Row icon={Upload} onSelect={() => go(() => navigate({ to: "/data", search: { import: "open" } }))}>
              Import candles
            </Row>
            <Row icon={Moon} onSelect={() => go(() => setPreferences({ theme: theme === "dark" ? "light" : "dark" }))}>
              {theme === "dark" ? "Light theme" : "Dark theme"}
            </Row>
            <Row icon={BookOpen} onSelect={() => go(() => navigate({ to: "/strategies/language" }))}>
              Rule language
            </Row>
            <Row icon={ScrollText} onSelect={onHelp} keys="?">
              Keyboard and help
            </Row>
          </Group>
          <Group heading="Go to">
            {PLACES.map((place) => (
              <Row
                key={place.to}
                icon={place.icon}
                keys={place.keys}
                onSelect={() => go(() => navigate({ to: place.to }))}
              >
                {place.label}
              </Row>
            ))}
            <Row icon={ShieldCheck} keys="g a" onSelect={() => go(() => navigate({ to: "/audit" }))}>
              Audit trail
            </Row>
            {SETTINGS_PLACES.map((place) => (
              <Row
                key={place.section}
                icon={Settings}
                onSelect={() => go(() => navigate({ to: "/settings", search: { section: place.section } }))}
              >
                Settings, {place.label}
              </Row>
            ))}
          </Group>
          <PaletteBots go={go} />
          <Group heading="Backtests">
            {runs.slice(0, ROWS_MAX).map((run) => (
              <Row
                key={run.id}
                icon={ChartNoAxesCombined}
                value={`run ${run.name} ${runTitle(run)} ${run.strategyTitle} ${run.symbols.join(" ")} ${run.id}`}
                onSelect={() => go(() => navigate({ to: "/backtests/$id", params: { id: run.id } }))}
              >
                {runTitle(run)} <span className="text-faint">{run.symbols.join(", ")}</span>
              </Row>
            ))}
          </Group>
          <Group heading="Strategies">
            {strategies.slice(0, ROWS_MAX).map((strategy) => (
              <Row
                key={strategy.id}
                icon={ScrollText}
                value={`strategy ${strategy.name} ${strategy.id}`}
                onSelect={() => go(() => navigate({ to: "/strategies/$id", params: { id: strategy.id } }))}
              >
                {strategy.name}
              </Row>
            ))}
          </Group>
          <Group heading="Data">
            {datasets.slice(0, ROWS_MAX).map((dataset) => (
              <Row
                key={dataset.id}
                icon={Database}
                value={`data ${dataset.name} ${dataset.instrument.symbol} ${dataset.id}`}
                onSelect={() => go(() => navigate({ to: "/data/$id", params: { id: dataset.id } }))}
              >
                {dataset.name} <span className="text-faint">{dataset.timeframe}</span>
              </Row>
            ))}
          </Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}

/** Bots by name, from what the dashboard's socket told. */
function PaletteBots({ go }: { go: (act: () => unknown) => void }) {
  const navigate = useNavigate();
  const bots = Object.values(useQuery(dashboardQuery).data?.bots ?? {});
  if (bots.length === 0) return null;
  return (
    <Group heading="Bots">
      {bots.slice(0, ROWS_MAX).map(({ botId, name }) => (
        <Row
          key={botId}
          icon={Bot}
          value={`bot ${name} ${botId}`}
          onSelect={() => go(() => navigate({ to: "/bots/$id", params: { id: botId } }))}
        >
          {name}
        </Row>
      ))}
    </Group>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-table [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

function Row(props: { icon: LucideIcon; onSelect: () => void; children: ReactNode; keys?: string; value?: string }) {
  return (
    <Command.Item
      onSelect={props.onSelect}
      {...(props.value === undefined ? {} : { value: props.value })}
      className="flex min-h-9 cursor-pointer items-center gap-3 rounded-md px-3 data-[selected=true]:bg-hover"
    >
      <props.icon size={15} aria-hidden className="shrink-0 text-muted" />
      <span className="min-w-0 truncate">{props.children}</span>
      {props.keys !== undefined && <kbd className="ml-auto font-mono text-[11px] text-faint">{props.keys}</kbd>}
    </Command.Item>
  );
}

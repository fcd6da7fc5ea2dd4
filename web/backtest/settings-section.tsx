import { Check, Copy } from "lucide-react";
import { useState } from "react";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Overview, Receipt } from "../../schema/wire/report.ts";
import { formatCount } from "../format/format.ts";
import { formatDuration } from "../format/time.ts";
import { Button } from "../ui/button.tsx";
import { Section } from "../ui/page.tsx";
import type { RunMarket } from "./run-instrument.ts";
import { describeSettings } from "./setting-list.ts";

interface SettingsSectionProps {
  readonly run: Backtest;
  readonly overview: Overview;
  readonly market: RunMarket;
}

/** What was run, and the receipt that lets anyone run it again and compare. */
export function SettingsSection({ run, overview, market }: SettingsSectionProps) {
  const datasets = market.datasets.length > 0 ? market.datasets.map((dataset) => dataset.name) : run.symbols;
  const names = { currency: market.currency, datasets, strategy: overview.strategyTitle };
  const rows = describeSettings(run.settings, names, overview.parameters);
  return (
    <Section id="settings" title="Settings and receipt">
      <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <dl className="card gap-x-8 p-4 sm:columns-2">
          {rows.map((row) => (
            <div
              key={row.label}
              className="num flex break-inside-avoid items-baseline justify-between gap-4 border-b border-line/70 py-1.5"
            >
              <dt className="shrink-0 text-muted">{row.label}</dt>
              <dd className="text-right">{row.value}</dd>
            </div>
          ))}
        </dl>
        <ReceiptCard receipt={overview.receipt} note={workWords(overview)} />
      </div>
    </Section>
  );
}

function ReceiptCard({ receipt, note }: { receipt: Receipt; note: string }) {
  const rows = [
    ["Candles", receipt.candles],
    ["Strategy", receipt.strategy],
    ["Parameters", receipt.parameters],
    ["Settings", receipt.settings],
    ["Engine", receipt.engine],
    ["Seed", String(receipt.seed)],
    ["Result", receipt.result],
  ] as const;
  return (
    <div className="card min-w-0 p-4">
      <div className="mb-1 flex items-center justify-between gap-3">
        <h3 className="font-semibold">Receipt</h3>
        <CopyButton text={JSON.stringify(receipt, null, 2)} />
      </div>
      <p className="mb-3 text-muted">
        The same receipt gives the same result, to the last digit, on any machine. Run it again and compare.
      </p>
      <p className="mb-3 rounded-md bg-hover px-3 py-2 font-mono text-table break-all">{receipt.receipt}</p>
      <dl className="grid grid-cols-[minmax(0,1fr)] gap-1 text-table">
        {rows.map(([label, value]) => (
          <div key={label} className="flex min-w-0 gap-4">
            <dt className="w-20 shrink-0 text-muted">{label}</dt>
            <dd className="min-w-0 truncate font-mono" title={value}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      <p className="num mt-3 text-table text-faint">{note}</p>
    </div>
  );
}

/** Puts a text into the clipboard and says so for a moment. */
function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      kind="quiet"
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => setCopied(true));
      }}
      onBlur={() => setCopied(false)}
    >
      {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
    </Button>
  );
}

function workWords({ candles, elapsedMs }: Overview): string {
  const work = `${formatCount(candles)} candles`;
  return elapsedMs === null ? work : `${work} in ${formatDuration(elapsedMs)}`;
}

import type { Bot } from "../../schema/wire/bot.ts";
import type { CapName } from "../../schema/wire/risk.ts";
import { formatAmount } from "../format/decimal.ts";
import { formatNumber, formatPercent } from "../format/format.ts";
import { formatDuration } from "../format/time.ts";
import { protectionWords } from "../protection/protection-draft.ts";
import { CAP_WORDS, formatCap } from "../risk/cap-words.ts";
import { hoursWords } from "../risk/hours-draft.ts";

/** What the bot is made of, as it stands. */
export function BotSettings({ bot, currency }: { bot: Bot; currency: string }) {
  const { definition } = bot;
  const { strategy, sizing } = definition;
  const rows: (readonly [string, string])[] = [
    ["Strategy", bot.strategyTitle],
    ...Object.entries(strategy.parameters).map(([name, value]) => [name, String(value)] as const),
    ["Capital", formatAmount(definition.capital, currency)],
    ["Size", sizeWords(sizing, currency)],
    ["Direction", { long: "long only", short: "short only", both: "long and short" }[definition.direction]],
    ["Leverage", `${formatNumber(definition.leverage)}×`],
    ["Wait after the close", formatDuration(definition.delayMs)],
    [
      "Behind its backtest",
      strategy.kind === "signals"
        ? "it has none: no rules"
        : definition.shadowBound === undefined
          ? "no bound"
          : `paused at ${formatPercent(definition.shadowBound)} of its capital`,
    ],
    ["Hours", hoursWords(definition.limits.windows)],
    ["Pauses after losses", protectionList(definition.protections ?? [])],
  ];
  const caps = Object.entries(definition.limits.caps) as [CapName, string][];
  return (
    <div className="grid gap-x-10 gap-y-5 px-4 py-4 sm:grid-cols-2">
      <List title="Definition" rows={rows} />
      <List
        title="Caps"
        rows={caps.map(([cap, value]) => [CAP_WORDS[cap].label, formatCap(value, CAP_WORDS[cap].unit, currency)])}
      />
    </div>
  );
}

function protectionList(protections: NonNullable<Bot["definition"]["protections"]>): string {
  return protections.length === 0 ? "none" : protections.map(protectionWords).join("; ");
}

function List({ title, rows }: { title: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-2 font-semibold">{title}</h3>
      <dl className="num grid gap-1.5">
        {rows.map(([label, value]) => (
          <div key={label} className="flex justify-between gap-6">
            <dt className="text-muted">{label}</dt>
            <dd className="min-w-0 text-right break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function sizeWords(sizing: Bot["definition"]["sizing"], currency: string): string {
  switch (sizing.kind) {
    case "all":
      return "all of the capital";
    case "percent":
      return `${formatNumber(sizing.percent, { digits: 1 })} % of the capital`;
    case "risk":
      return `${formatNumber(sizing.percent, { digits: 2 })} % at risk at the stop`;
    case "quote":
      return formatAmount(sizing.amount, currency);
    case "quantity":
      return `${sizing.quantity} units`;
    case "volatility":
      return `volatility of ${formatNumber(sizing.percent, { digits: 1 })} % a year over ${sizing.period} candles`;
  }
}

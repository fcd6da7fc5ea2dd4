import { Link } from "@tanstack/react-router";
import type { Bot } from "../../schema/wire/bot.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import type { BotSort } from "../app/trading-search.ts";
import { decimalNumber, formatAmount } from "../format/decimal.ts";
import { formatCount } from "../format/format.ts";
import { AccountTag } from "../trading/account-tag.tsx";
import { instrumentName } from "../trading/instrument-name.ts";
import { BotStatusBadge } from "../trading/mode-word.tsx";
import { Sparkline } from "../trading/sparkline.tsx";
import type { ListColumn } from "../ui/list-table.tsx";
import { Ago } from "../ui/moment.tsx";
import { Signed } from "../ui/signed.tsx";

/** The columns of the list of bots. */
export function botColumns(accounts: readonly TradingAccount[]): readonly ListColumn<Bot, BotSort>[] {
  const accountOf = (bot: Bot) => accounts.find(({ id }) => id === bot.accountId);
  const currencyOf = (bot: Bot) => accountOf(bot)?.currency ?? "";
  return [
    { title: "Bot", left: true, sort: "name", className: "w-full max-w-0", cell: (bot) => <BotName bot={bot} /> },
    {
      title: "Market",
      left: true,
      className: "max-w-48",
      cell: (bot) => (
        <span className="flex items-center gap-2">
          <span className="min-w-0 truncate">{bot.definition.instruments.map(instrumentName).join(", ")}</span>
          <span className="shrink-0 text-muted">{bot.definition.timeframe}</span>
        </span>
      ),
    },
    {
      title: "Account",
      left: true,
      className: "max-w-56 xl:max-w-72",
      cell: (bot) => <AccountTag account={accountOf(bot)} />,
    },
    {
      title: "State",
      left: true,
      sort: "status",
      cell: (bot) => <BotStatusBadge status={bot.status} reason={bot.reason} />,
    },
    { title: "Equity", cell: (bot) => <Sparkline values={bot.spark} label={`Equity of ${bot.name}`} /> },
    { title: "Profit", sort: "profit", cell: (bot) => <Profit text={bot.profit} currency={currencyOf(bot)} /> },
    { title: "Today", sort: "today", cell: (bot) => <Profit text={bot.profitToday} currency={currencyOf(bot)} /> },
    { title: "Trades", sort: "trades", cell: (bot) => formatCount(bot.trades) },
    {
      title: "Made",
      sort: "created",
      cell: (bot) => (
        <span className="text-muted">
          <Ago timeMs={bot.createdAt} />
        </span>
      ),
    },
  ];
}

/** A bot in the list on a phone. */
export function BotCard({ bot, accounts }: { bot: Bot; accounts: readonly TradingAccount[] }) {
  const account = accounts.find(({ id }) => id === bot.accountId);
  const { definition } = bot;
  return (
    <Link to="/bots/$id" params={{ id: bot.id }} className="num block px-4 py-3">
      <span className="flex items-start justify-between gap-3">
        <span className="line-clamp-2 min-w-0 font-medium">{bot.name}</span>
        <BotStatusBadge status={bot.status} reason={bot.reason} />
      </span>
      <span className="mt-1 flex items-center justify-between gap-3">
        <Sparkline values={bot.spark} label={`Equity of ${bot.name}`} />
        <span className="text-right">
          <Profit text={bot.profit} currency={account?.currency ?? ""} />
          <span className="block text-table">
            <Profit text={bot.profitToday} currency="" /> <span className="text-muted">today</span>
          </span>
        </span>
      </span>
      <span className="mt-1 flex flex-wrap items-center gap-x-2 text-table text-muted">
        {definition.instruments.map(instrumentName).join(", ")} {definition.timeframe}
        <AccountTag account={account} />
      </span>
    </Link>
  );
}

function BotName({ bot }: { bot: Bot }) {
  return (
    <span className="block min-w-44 truncate text-base" title={`${bot.name} · ${bot.strategyTitle}`}>
      <span className="font-medium">{bot.name}</span>
      <span className="text-muted"> · {bot.strategyTitle}</span>
    </span>
  );
}

function Profit({ text, currency }: { text: string | null; currency: string }) {
  return <Signed value={decimalNumber(text)}>{formatAmount(text, currency, { sign: "always" })}</Signed>;
}

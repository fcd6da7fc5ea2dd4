import { Link, useNavigate } from "@tanstack/react-router";
import type { DashboardAccount, DashboardBot, DashboardState } from "../../schema/wire/bot.ts";
import { decimalNumber, formatAmount } from "../format/decimal.ts";
import { AccountTag } from "../trading/account-tag.tsx";
import { BotStatusBadge } from "../trading/mode-word.tsx";
import { Sparkline } from "../trading/sparkline.tsx";
import { buttonClass } from "../ui/button.tsx";
import { type ListColumn, ListTable } from "../ui/list-table.tsx";
import { Signed } from "../ui/signed.tsx";

interface BotsCardProps {
  readonly bots: readonly DashboardBot[];
  readonly accounts: DashboardState["accounts"];
}

/** Bots with where they stand and how they went. */
export function BotsCard({ bots, accounts }: BotsCardProps) {
  const navigate = useNavigate();
  const several = Object.keys(accounts).length > 1;
  const accountOf = ({ accountId }: DashboardBot) => (several ? accounts[accountId] : undefined);
  const currencyOf = ({ accountId }: DashboardBot) => accounts[accountId]?.currency ?? "";
  return (
    <section aria-label="Bots" className="card overflow-hidden">
      <div className="flex items-center justify-between border-b border-line py-1.5 pr-2 pl-4">
        <h2 className="font-semibold">Bots</h2>
        <Link to="/bots" className={buttonClass("quiet", "px-2")}>
          All bots
        </Link>
      </div>
      {bots.length === 0 ? (
        <p className="px-4 py-5 text-muted">
          No bot yet.{" "}
          <Link to="/bots/new" className="text-accent underline underline-offset-2">
            Start the first bot
          </Link>
        </p>
      ) : (
        <ListTable
          label="Bots"
          narrow
          rows={bots}
          columns={columnsFor({ currencyOf, ...(several ? { accountOf } : {}) })}
          keyOf={({ botId }) => botId}
          onOpen={({ botId }) => void navigate({ to: "/bots/$id", params: { id: botId } })}
          card={(bot) => <BotCard bot={bot} currency={currencyOf(bot)} account={accountOf(bot)} />}
        />
      )}
    </section>
  );
}

interface BotColumns {
  readonly currencyOf: (bot: DashboardBot) => string;
  /** Absent where a person has one account alone. */
  readonly accountOf?: (bot: DashboardBot) => DashboardAccount | undefined;
}

function columnsFor({ currencyOf, accountOf }: BotColumns): readonly ListColumn<DashboardBot>[] {
  return [
    {
      title: "Bot",
      left: true,
      className: "w-full max-w-0",
      cell: ({ name }) => (
        <span className="block truncate text-base font-medium" title={name}>
          {name}
        </span>
      ),
    },
    ...(accountOf === undefined
      ? []
      : [
          {
            title: "Account",
            left: true,
            cell: (bot: DashboardBot) => <AccountTag account={accountOf(bot)} />,
          },
        ]),
    { title: "State", left: true, cell: ({ status, reason }) => <BotStatusBadge status={status} reason={reason} /> },
    { title: "Equity", cell: ({ spark, name }) => <Sparkline values={spark} label={`Equity of ${name}`} /> },
    { title: "Profit", cell: (bot) => <Profit text={bot.profit} currency={currencyOf(bot)} /> },
    { title: "Today", cell: (bot) => <Profit text={bot.profitToday} currency={currencyOf(bot)} /> },
  ];
}

interface BotCardProps {
  readonly bot: DashboardBot;
  readonly currency: string;
  readonly account: DashboardAccount | undefined;
}

function BotCard({ bot, currency, account }: BotCardProps) {
  return (
    <Link to="/bots/$id" params={{ id: bot.botId }} className="num block px-4 py-3">
      <span className="flex items-center justify-between gap-3">
        <span className="line-clamp-2 min-w-0 font-medium">{bot.name}</span>
        <BotStatusBadge status={bot.status} reason={bot.reason} />
      </span>
      {account !== undefined && (
        <span className="mt-0.5 flex text-table text-muted">
          <AccountTag account={account} />
        </span>
      )}
      <span className="mt-1 flex items-center justify-between gap-3 text-table">
        <Sparkline values={bot.spark} label={`Equity of ${bot.name}`} />
        <span>
          <Profit text={bot.profit} currency={currency} /> <span className="text-muted">in all,</span>{" "}
          <Profit text={bot.profitToday} currency="" /> <span className="text-muted">today</span>
        </span>
      </span>
    </Link>
  );
}

function Profit({ text, currency }: { text: string; currency: string }) {
  return <Signed value={decimalNumber(text)}>{formatAmount(text, currency, { sign: "always" })}</Signed>;
}

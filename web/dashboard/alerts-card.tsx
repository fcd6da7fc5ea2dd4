import { Link } from "@tanstack/react-router";
import { Info, type LucideIcon, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { DashboardState } from "../../schema/wire/bot.ts";
import { classNames } from "../ui/class-names.ts";
import { Moment, useNow } from "../ui/moment.tsx";
import { alertWords } from "./alert-words.ts";
import { besidesConcerns, type Concern, concernsOf } from "./concerns.ts";

type Alert = DashboardState["alerts"][number];

const LEVELS: Readonly<Record<Alert["level"], { icon: LucideIcon; tone: string; word: string }>> = {
  critical: { icon: OctagonAlert, tone: "text-danger", word: "Critical" },
  warning: { icon: TriangleAlert, tone: "text-notice", word: "Warning" },
  info: { icon: Info, tone: "text-faint", word: "Note" },
};

/** How often it is looked whether a break has become a long one. */
const LOOK_EVERY_MS = 5_000;

/** What is not as it should be now, and below it what a person should know of, the newest first. */
export function AlertsCard({ alerts, accounts }: Pick<DashboardState, "alerts" | "accounts">) {
  const several = Object.keys(accounts).length > 1;
  const concerns = concernsOf({ accounts }, useNow(LOOK_EVERY_MS));
  const told = besidesConcerns(alerts, concerns);
  const nameOf = (accountId: string) => (several ? accounts[accountId]?.name : undefined);
  return (
    <section aria-label="Alerts" className="card overflow-hidden">
      <h2 className="border-b border-line px-4 py-2.5 font-semibold">Alerts</h2>
      {concerns.length === 0 && told.length === 0 ? (
        <p className="px-4 py-5 text-muted">
          Nothing to look at. Halts, paused bots, lost orders, books that differ from the venue's and venues that are
          away are told here.
        </p>
      ) : (
        <ul aria-live="polite">
          {concerns.map((concern) => (
            <ConcernRow key={concern.key} concern={concern} name={nameOf(concern.accountId)} />
          ))}
          {told.map((alert) => (
            <AlertRow key={alert.id} alert={alert} name={nameOf(alert.accountId)} />
          ))}
        </ul>
      )}
    </section>
  );
}

const linkClass = "text-accent underline underline-offset-2";

function Row({ level, isOver = false, children }: { level: Alert["level"]; isOver?: boolean; children: ReactNode }) {
  const { icon: Icon, tone, word } = LEVELS[level];
  return (
    <li className="flex gap-3 border-b border-line/70 px-4 py-2.5 last:border-b-0">
      <Icon size={15} aria-label={word} className={classNames("mt-0.5 shrink-0", isOver ? "text-faint" : tone)} />
      <div className="min-w-0 break-words">{children}</div>
    </li>
  );
}

function ConcernRow({ concern, name }: { concern: Concern; name: string | undefined }) {
  const { level, message, advice, since } = concern;
  return (
    <Row level={level}>
      <p>{message}</p>
      <p className="num mt-0.5 text-table text-muted">{advice}</p>
      <p className="mt-0.5 flex flex-wrap gap-x-3 text-table text-muted">
        {since !== null && (
          <span>
            since <Moment timeMs={since} />
          </span>
        )}
        {name !== undefined && <span className="truncate">{name}</span>}
        <PlaceLink concern={concern} />
      </p>
    </Row>
  );
}

function PlaceLink({ concern: { place, accountId } }: { concern: Concern }) {
  switch (place.to) {
    case "risk":
      return (
        <Link to="/risk" search={{ account: accountId }} className={linkClass}>
          {place.words}
        </Link>
      );
    case "orders":
      return (
        <Link to="/orders" search={{ account: accountId, open: true, order: place.order }} className={linkClass}>
          {place.words}
        </Link>
      );
    case "settings":
      return (
        <Link to="/settings" search={{ section: place.section }} className={linkClass}>
          {place.words}
        </Link>
      );
  }
}

function AlertRow({ alert, name }: { alert: Alert; name: string | undefined }) {
  const isOver = alert.settledAt !== undefined;
  return (
    <Row level={alert.level} isOver={isOver}>
      <p className={isOver ? "text-muted" : ""}>{alertWords(alert)}</p>
      <p className="mt-0.5 flex flex-wrap gap-x-3 text-table text-muted">
        <Moment timeMs={alert.at} />
        {alert.settledAt !== undefined && (
          <span>
            over since <Moment timeMs={alert.settledAt} />
          </span>
        )}
        {name !== undefined && <span className="truncate">{name}</span>}
        {alert.botId !== null && (
          <Link to="/bots/$id" params={{ id: alert.botId }} className={linkClass}>
            Open the bot
          </Link>
        )}
      </p>
    </Row>
  );
}

import { Link } from "@tanstack/react-router";
import { Info, type LucideIcon, OctagonAlert, TriangleAlert } from "lucide-react";
import type { DashboardState } from "../../schema/wire/bot.ts";
import { classNames } from "../ui/class-names.ts";
import { Moment } from "../ui/moment.tsx";

type Alert = DashboardState["alerts"][number];

const LEVELS: Readonly<Record<Alert["level"], { icon: LucideIcon; tone: string; word: string }>> = {
  critical: { icon: OctagonAlert, tone: "text-danger", word: "Critical" },
  warning: { icon: TriangleAlert, tone: "text-notice", word: "Warning" },
  info: { icon: Info, tone: "text-faint", word: "Note" },
};

/** What a person should know of, the newest first. */
export function AlertsCard({ alerts, accounts }: Pick<DashboardState, "alerts" | "accounts">) {
  const several = Object.keys(accounts).length > 1;
  return (
    <section aria-label="Alerts" className="card overflow-hidden">
      <h2 className="border-b border-line px-4 py-2.5 font-semibold">Alerts</h2>
      {alerts.length === 0 ? (
        <p className="px-4 py-5 text-muted">
          Nothing to look at. Halts, paused bots, lost orders and venues that are away are told here.
        </p>
      ) : (
        <ul aria-live="polite">
          {alerts.map((alert) => {
            const { icon: Icon, tone, word } = LEVELS[alert.level];
            const isOver = alert.settledAt !== undefined;
            return (
              <li key={alert.id} className="flex gap-3 border-b border-line/70 px-4 py-2.5 last:border-b-0">
                <Icon
                  size={15}
                  aria-label={word}
                  className={classNames("mt-0.5 shrink-0", isOver ? "text-faint" : tone)}
                />
                <div className="min-w-0">
                  <p className={isOver ? "text-muted" : ""}>{alert.message}</p>
                  <p className="mt-0.5 flex flex-wrap gap-x-3 text-table text-muted">
                    <Moment timeMs={alert.at} />
                    {alert.settledAt !== undefined && (
                      <span>
                        over since <Moment timeMs={alert.settledAt} />
                      </span>
                    )}
                    {several && <span className="truncate">{accounts[alert.accountId]?.name}</span>}
                    {alert.botId !== null && (
                      <Link
                        to="/bots/$id"
                        params={{ id: alert.botId }}
                        className="text-accent underline underline-offset-2"
                      >
                        Open the bot
                      </Link>
                    )}
                  </p>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

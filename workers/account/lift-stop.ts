import { KILL_REASON } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import type { StoredAlert } from "./desk-record.ts";
import type { SwitchScope } from "./desk-switches.ts";

/** Code of the alert that a stop was lifted. */
export const LIFTED = "STOP_LIFTED";

/**
 * What was told of a stop is over, and whoever heard of it hears that, too; of a bot its start says so. `code` is what the
 * scope was stopped by. Inside a write.
 */
export function liftStop(books: DeskBooks, scope: SwitchScope, code: string): void {
  const wasTold = settleStop(books, scope, code);
  if (scope.kind === "bot" || !(wasTold || code === KILL_REASON)) return;
  const message = `The stop of ${nameOf(scope)} was lifted.`;
  books.alert({ level: "info", botId: null, code: LIFTED, message });
}

/** Marks what was told of a scope's stop as over; whether anything was. Inside a write. */
export function settleStop(books: DeskBooks, scope: SwitchScope, code: string): boolean {
  const botId = scope.kind === "bot" ? scope.bot : null;
  const isOver = (alert: StoredAlert) =>
    alert.settledAt === undefined &&
    alert.botId === botId &&
    alert.code === code &&
    (code !== KILL_REASON || alert.message.startsWith(stopWords(scope)));
  const { alerts } = books.record;
  if (!alerts.some(isOver)) return false;
  const settledAt = books.now();
  books.note({ alerts: alerts.map((alert) => (isOver(alert) ? { ...alert, settledAt } : alert)) });
  return true;
}

/** How the alert of a kill switch begins, by which it is known again. */
export function stopWords(scope: SwitchScope): string {
  return `Trading of ${nameOf(scope)} was stopped`;
}

function nameOf(scope: SwitchScope): string {
  if (scope.kind === "bot") return "the bot";
  if (scope.kind === "user") return "all accounts";
  return scope.kind === "instrument" ? scope.instrument : `the ${scope.kind}`;
}

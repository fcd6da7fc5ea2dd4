import { KILL_REASON } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import type { StoredAlert } from "./desk-record.ts";
import type { SwitchScope } from "./desk-switches.ts";

/** Code of the alert that a stop was lifted. */
export const LIFTED = "STOP_LIFTED";
/** Code of the alert that a person stopped a bot: nothing went wrong. */
export const BOT_STOP = "BOT_STOPPED";
/** Alerts that are of no stop; told apart by codes only where the row is older than the field that says so. */
const NO_STOPS: readonly string[] = [LIFTED, "DAY_BEGAN", "FLATTEN_FAILED", "DELISTED", "INSTRUMENT_CHANGED"];

/**
 * Whatever was told of a scope's stops is over, and whoever hears of the topic `halt` hears that; of a bot its start says so.
 * `reason` is what the scope was stopped by last. Inside a write.
 */
export function liftStop(books: DeskBooks, scope: SwitchScope, reason: string | undefined): void {
  const wasTold = settleStop(books, scope);
  // The alert of a kill switch may be gone by now: only the last ones are kept.
  if (scope.kind === "bot" || !(wasTold || reason === KILL_REASON)) return;
  const message = `The stop of ${nameOf(scope)} was lifted.`;
  books.alert({ level: "info", botId: null, code: LIFTED, message });
}

/** Marks what was told of a scope's stops as over, whatever stopped it; whether anything was. Inside a write. */
export function settleStop(books: DeskBooks, scope: SwitchScope): boolean {
  const { alerts } = books.record;
  const isOver = (alert: StoredAlert) => alert.settledAt === undefined && isOfStop(alert, scope);
  if (!alerts.some(isOver)) return false;
  // Later than any before: the dashboard is told of what was settled after the last that it knows.
  const settledAt = Math.max(books.now(), ...alerts.map((alert) => (alert.settledAt ?? 0) + 1));
  books.note({ alerts: alerts.map((alert) => (isOver(alert) ? { ...alert, settledAt } : alert)) });
  return true;
}

/** Name of what a switch stops, as alerts of stops keep it. */
function stopName(scope: SwitchScope): string {
  if (scope.kind === "bot") return scope.bot;
  return scope.kind === "instrument" ? scope.instrument : scope.kind;
}

/** What a person did who stopped a scope: threw the kill switch, or stopped a bot as one does every day. */
export type StopTold = "kill-switch" | "bot-stop";

/** What is told of a scope that is killed, with how many orders are cancelled for it. */
export function stopAlert(
  scope: SwitchScope,
  { cancelling, told = "kill-switch" }: { readonly cancelling: number; readonly told?: StopTold | undefined },
): Omit<StoredAlert, "id" | "at"> {
  const parts = { botId: scope.kind === "bot" ? scope.bot : null, stopped: stopName(scope) };
  const orders = `open orders being cancelled: ${cancelling}.`;
  if (told === "bot-stop")
    return { ...parts, level: "info", code: BOT_STOP, message: `The bot was stopped; ${orders}` };
  return { ...parts, level: "critical", code: KILL_REASON, message: `${stopWords(scope)}; ${orders}` };
}

/** How the alert of a kill switch begins. */
function stopWords(scope: SwitchScope): string {
  return `Trading of ${nameOf(scope)} was stopped`;
}

function isOfStop(alert: StoredAlert, scope: SwitchScope): boolean {
  return alert.stopped === undefined ? isOfStopByWords(alert, scope) : alert.stopped === stopName(scope);
}

/** Rows from before alerts said what was stopped are known by their words. */
function isOfStopByWords({ botId, code, message }: StoredAlert, scope: SwitchScope): boolean {
  if (NO_STOPS.includes(code) || botId !== (scope.kind === "bot" ? scope.bot : null)) return false;
  if (code === KILL_REASON) return message.startsWith(stopWords(scope));
  if (scope.kind === "instrument") return message.startsWith(`${scope.instrument}: `);
  // What differs of an instrument has its name before the code.
  return scope.kind === "bot" || (scope.kind === "account" && !message.includes(`: ${code}: `));
}

function nameOf(scope: SwitchScope): string {
  if (scope.kind === "bot") return "the bot";
  if (scope.kind === "user") return "all accounts";
  return scope.kind === "instrument" ? scope.instrument : `the ${scope.kind}`;
}

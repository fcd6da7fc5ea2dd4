/** Kinds of what happened, as the address names them, with the start of their actions. */
export const AUDIT_KINDS = [
  { value: "session", label: "Sign-ins and sessions" },
  { value: "account", label: "Account" },
  { value: "factor", label: "Second factors" },
  { value: "api-key", label: "API keys" },
  { value: "sharing", label: "Sharing" },
  { value: "user", label: "Administration" },
  { value: "privacy", label: "Privacy" },
  { value: "dataset", label: "Data" },
  { value: "strategy", label: "Strategies" },
  { value: "backtest", label: "Backtests" },
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number]["value"];

export const AUDIT_ACTORS = [
  { value: "owner", label: "You" },
  { value: "others", label: "Somebody else" },
  { value: "nobody", label: "Nobody signed in" },
] as const;
export type AuditActorChoice = (typeof AUDIT_ACTORS)[number]["value"];

/** What the address of the audit page carries; an unknown or damaged value is left out. */
export interface AuditSearch {
  readonly what?: AuditKind | undefined;
  readonly who?: AuditActorChoice | undefined;
  /** Days such as `2026-01-31` in the person's zone, both of them shown. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly q?: string | undefined;
  /** Number of the entry that is open. */
  readonly entry?: number | undefined;
}

export function parseAuditSearch(search: Record<string, unknown>): AuditSearch {
  const what = AUDIT_KINDS.find(({ value }) => value === search.what)?.value;
  const who = AUDIT_ACTORS.find(({ value }) => value === search.who)?.value;
  const [from, to] = [search.from, search.to].map((day) => (dayStart(day) === undefined ? undefined : String(day)));
  const q = typeof search.q === "string" || typeof search.q === "number" ? String(search.q).slice(0, 200) : "";
  const entry = Number(search.entry ?? Number.NaN);
  // Every name is there, if only as undefined: the router keeps what the address says of a name that is not.
  return {
    ...{ what, who, from, to },
    q: q === "" ? undefined : q,
    entry: Number.isInteger(entry) && entry > 0 ? entry : undefined,
  };
}

/** The filters as the API takes them. */
export function auditFilter({ what, who, from, to, q }: AuditSearch) {
  return {
    action: what === undefined ? undefined : `${what}.`,
    by: who,
    from: dayStart(from),
    to: dayStart(to, 1),
    text: q,
  };
}

/** UTC milliseconds at which a day begins in the person's zone, or the one `later` days behind it. */
function dayStart(day: unknown, later = 0): number | undefined {
  const match = typeof day === "string" ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) : null;
  if (match === null) return undefined;
  const [year, month, date] = match.slice(1).map(Number);
  // Days of a month are counted by the calendar: one of 23 or 25 hours is a day too.
  const start = new Date(year, month - 1, date);
  if (start.getMonth() !== month - 1 || start.getDate() !== date || year < 1970) return undefined;
  return new Date(year, month - 1, date + later).getTime();
}

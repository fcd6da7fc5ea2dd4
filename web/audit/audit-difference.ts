import { formatInstant } from "../format/time.ts";

export interface DifferenceRow {
  /** Path of a value, such as `settings.fees.taker`; empty where the whole is one value. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

// A record holds at most 16,000 characters, which are fewer values than this unless somebody means harm.
const ROWS_MAX = 500;

/** What an entry changed, a row a value, in the order in which the values stand; those that stayed are left out. */
export function auditDifference(before: unknown, after: unknown): readonly DifferenceRow[] {
  const [was, is] = [new Map<string, string>(), new Map<string, string>()];
  flatten(before, "", was);
  flatten(after, "", is);
  const rows = [...new Set([...was.keys(), ...is.keys()])].map((path) => ({
    path,
    before: was.get(path),
    after: is.get(path),
  }));
  return rows.filter((row) => row.before !== row.after).slice(0, ROWS_MAX);
}

/** Why somebody did it, where they said; it is one of the values after. */
export function reasonOf(after: unknown): string | undefined {
  if (typeof after !== "object" || after === null || !("reason" in after)) return undefined;
  return typeof after.reason === "string" ? after.reason : undefined;
}

/** Names of values that are moments, UTC ms. */
const MOMENT = /(?:^|\.)(?:at|from|to|until|since)$|(?:At|Until)$/;
/** A number from before this is a count, whatever its name: the year 2001. */
const MOMENT_MIN = 1e12;

function textOf(value: unknown, path: string): string {
  const isMoment = typeof value === "number" && value >= MOMENT_MIN && value < MOMENT_MIN * 10 && MOMENT.test(path);
  return isMoment ? formatInstant(value, "UTC") : String(value);
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (value === null || value === undefined) {
    if (path !== "") into.set(path, "none");
    return;
  }
  if (typeof value !== "object") {
    into.set(path, textOf(value, path));
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0 && path !== "") into.set(path, "none");
  for (const [name, entry] of entries) flatten(entry, path === "" ? name : `${path}.${name}`, into);
}

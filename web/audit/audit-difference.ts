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

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (value === null || value === undefined) {
    if (path !== "") into.set(path, "none");
    return;
  }
  if (typeof value !== "object") {
    into.set(path, String(value));
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0 && path !== "") into.set(path, "none");
  for (const [name, entry] of entries) flatten(entry, path === "" ? name : `${path}.${name}`, into);
}

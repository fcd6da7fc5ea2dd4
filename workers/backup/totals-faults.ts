import type { Totals } from "./unit-lines.ts";

/** In what a restored store differs from what was counted when it was backed up. Tables that only one side has, empty, are equal. */
export function totalsFaults(said: Totals, now: Totals): string[] {
  const nothing = [0, 0] as const;
  const names = new Set([...Object.keys(said.tables), ...Object.keys(now.tables)]);
  const faults = [...names].flatMap((name) => {
    const [rows, length] = said.tables[name] ?? nothing;
    const [rowsNow, lengthNow] = now.tables[name] ?? nothing;
    return rows === rowsNow && length === lengthNow
      ? []
      : [`${name} must have ${rows} rows of ${length} characters, has ${rowsNow} of ${lengthNow}`];
  });
  if (said.values !== now.values) faults.push(`${said.values} values must be there, ${now.values} are`);
  return faults;
}

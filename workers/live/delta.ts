/** The fields of `next` that differ from `previous`, or undefined where none does. */
export function changedFields<T extends object>(previous: T, next: T): Partial<T> | undefined {
  const change: Partial<T> = {};
  let changed = false;
  for (const key of Object.keys(next) as (keyof T)[]) {
    if (JSON.stringify(previous[key]) === JSON.stringify(next[key])) continue;
    change[key] = next[key];
    changed = true;
  }
  return changed ? change : undefined;
}

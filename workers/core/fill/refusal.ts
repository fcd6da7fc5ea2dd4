import type { Snapshot } from "../engine/snapshot.ts";

/** Entries that were not placed, counted by the rule they broke, with the first example of each. */
export class RefusalLog {
  private readonly rules = new Map<string, { count: number; example: string }>();

  add(rule: string, example: () => string): void {
    const known = this.rules.get(rule);
    if (known === undefined) this.rules.set(rule, { count: 1, example: example() });
    else known.count++;
  }

  rows(): { rule: string; count: number; example: string }[] {
    return [...this.rules].map(([rule, { count, example }]) => ({ rule, count, example }));
  }

  snapshot(): Snapshot {
    return this.rows();
  }

  restore(snapshot: Snapshot): void {
    this.rules.clear();
    for (const row of snapshot as unknown as { rule: string; count: number; example: string }[]) {
      this.rules.set(row.rule, { count: row.count, example: row.example });
    }
  }
}

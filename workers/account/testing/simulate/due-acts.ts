import type { Chance } from "./chance.ts";
import type { Life } from "./life.ts";

interface DueAct {
  /** Whose it is; undefined for what comes from outside. */
  readonly life: Life | undefined;
  readonly at: number;
  readonly act: () => void;
}

/** What is on its way, each at its time. */
export class DueActs {
  private due: readonly DueAct[] = [];

  get isEmpty(): boolean {
    return this.due.length === 0;
  }

  add(act: DueAct): void {
    this.due = [...this.due, act];
  }

  /** What is due happens, in no order; to a process that has ended it is lost. Returns whether anything was due. */
  handOut(now: number, chance: Chance): boolean {
    const due = this.due.filter(({ at }) => at <= now);
    if (due.length === 0) return false;
    this.due = this.due.filter(({ at }) => at > now);
    const shuffled = due.map((each) => ({ ...each, by: chance.share(1) })).sort((a, b) => a.by - b.by);
    for (const { life, act } of shuffled) if (life === undefined || life.alive) act();
    return true;
  }
}

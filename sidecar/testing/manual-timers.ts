import type { Timers } from "../timers.ts";

/** Timers whose time a test moves. What is due happens in its order, with promises settled in between. */
export class ManualTimers implements Timers {
  private at: number;
  private readonly chance: () => number;
  private due: { readonly at: number; readonly act: () => void }[] = [];

  constructor(at = 1_800_000_000_000, chance: () => number = () => 0.5) {
    this.at = at;
    this.chance = chance;
  }

  now(): number {
    return this.at;
  }

  random(): number {
    return this.chance();
  }

  after(delayMs: number, act: () => void): () => void {
    const entry = { at: this.at + delayMs, act };
    this.due.push(entry);
    return () => {
      this.due = this.due.filter((other) => other !== entry);
    };
  }

  /** Lets time pass. */
  async pass(forMs: number): Promise<void> {
    const until = this.at + forMs;
    await settle();
    for (;;) {
      const next = this.due.filter(({ at }) => at <= until).sort((left, right) => left.at - right.at)[0];
      if (next === undefined) break;
      this.due = this.due.filter((other) => other !== next);
      this.at = Math.max(this.at, next.at);
      next.act();
      await settle();
    }
    this.at = until;
  }
}

/** Lets everything that waits for nothing but its turn happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

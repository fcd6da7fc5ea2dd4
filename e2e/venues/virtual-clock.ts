/** Time that a test moves. What waits for it goes on in the order of time, each with what follows from it done first. */
export class VirtualClock {
  now: number;
  private readonly due: { readonly at: number; readonly order: number; readonly act: () => void }[] = [];
  private count = 0;

  constructor(now: number) {
    this.now = now;
  }

  /** Calls `act` after `delayMs`, unless what it answers is called before. */
  readonly after = (delayMs: number, act: () => void): (() => void) => {
    const entry = { at: this.now + delayMs, order: this.count++, act };
    this.due.push(entry);
    return () => {
      const index = this.due.indexOf(entry);
      if (index >= 0) this.due.splice(index, 1);
    };
  };

  readonly wait = (delayMs: number): Promise<void> => new Promise((resolve) => void this.after(delayMs, resolve));

  /** Goes on by `delayMs`, and does what falls due. */
  async pass(delayMs: number): Promise<void> {
    const until = this.now + delayMs;
    await settle();
    for (;;) {
      const next = this.next();
      if (next === undefined || next.at > until) break;
      this.due.splice(this.due.indexOf(next), 1);
      this.now = Math.max(this.now, next.at);
      next.act();
      await settle();
    }
    this.now = until;
    await settle();
  }

  /** Goes on until `work` is done, at most for `msMax`. */
  async until<T>(work: Promise<T>, msMax = 3_600_000): Promise<T> {
    let done = false;
    const end = () => {
      done = true;
    };
    work.then(end, end);
    const until = this.now + msMax;
    await settle();
    while (!done) {
      const next = this.next();
      if (next === undefined || next.at > until) throw new Error(`work must be done within ${msMax} ms, was not`);
      await this.pass(Math.max(0, next.at - this.now));
    }
    return work;
  }

  private next() {
    let first = this.due[0];
    for (const entry of this.due) {
      if (entry.at < first.at || (entry.at === first.at && entry.order < first.order)) first = entry;
    }
    return this.due.length === 0 ? undefined : first;
  }
}

/** Lets everything go on that waits for no time. */
async function settle(): Promise<void> {
  // Bodies of replies are read in turns of the event loop, a few of them each.
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

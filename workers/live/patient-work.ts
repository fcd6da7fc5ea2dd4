/** How long whoever asks for the work waits for it, ms: a database that answers does so in a tenth of that. */
const WAITED_MS_MAX = 2_000;
/** After so long a run counts as failed and another may begin, ms: twice what the database gives a query. */
const RUN_MS_MAX = 60_000;

/** Calls `act` after `ms`, unless what it answers is called before. */
export type After = (ms: number, act: () => void) => () => void;

/** The platform's timers. None is left behind: it would keep an object from sleeping. */
export const platformAfter: After = (ms, act) => {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
};

/**
 * Work that asks what may hang: one run at a time, and nobody waits for it longer than two seconds, nor at all for a run that
 * somebody has waited for in vain. So an alarm that has other things to do gets to them.
 */
export class PatientWork {
  private readonly after: After;
  private running: Promise<void> | undefined;
  private isHeldUp = false;

  constructor(after: After) {
    this.after = after;
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Begins `work` unless a run goes on. False where the run goes on still. Throws what the run threw. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.isHeldUp) return false;
    this.running ??= this.begin(work);
    const { running } = this;
    const outcome = await this.within(running, WAITED_MS_MAX);
    this.isHeldUp = outcome === "late" && this.running === running;
    return outcome === "ended";
  }

  private begin(work: () => Promise<void>): Promise<void> {
    const running = this.within(work(), RUN_MS_MAX)
      .then((outcome) => {
        if (outcome === "late") throw new Error(`the work must end within ${RUN_MS_MAX} ms, did not`);
      })
      .finally(() => {
        this.running = undefined;
        this.isHeldUp = false;
      });
    // Whoever waits hears of its failure; where nobody does any more, the work is asked for again.
    running.catch(() => undefined);
    return running;
  }

  private async within(work: Promise<unknown>, ms: number): Promise<"ended" | "late"> {
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const cancel = this.after(ms, () => resolve("late"));
    try {
      return await Promise.race([work.then(() => "ended" as const), late]);
    } finally {
      cancel();
    }
  }
}

/** How many may be under way: more is a server that has stopped to answer. */
const UNDER_WAY_MAX = 500;

/** Does something so often in a second, whether or not what it did before has ended, as many people at once do. */
export class Pacer {
  private readonly timer: NodeJS.Timeout;
  private readonly underWay = new Set<Promise<void>>();
  private readonly act: () => Promise<void>;
  private readonly everyMs: number;
  private dueAt = performance.now();
  private going = true;
  private done = 0;
  private left = 0;

  constructor(perSecond: number, act: () => Promise<void>) {
    this.act = act;
    this.everyMs = 1_000 / perSecond;
    this.timer = setInterval(() => this.tick(), Math.min(this.everyMs, 100));
  }

  /** How often it began, and how often it could not, since too much was under way. */
  counts(): { readonly done: number; readonly left: number } {
    return { done: this.done, left: this.left };
  }

  /** Begins nothing more for now; resolves once all that was under way has ended. */
  async pause(): Promise<void> {
    this.going = false;
    await Promise.all(this.underWay);
  }

  resume(): void {
    this.dueAt = performance.now();
    this.going = true;
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.pause();
  }

  private tick(): void {
    if (!this.going) return;
    while (this.dueAt <= performance.now()) {
      this.dueAt += this.everyMs;
      if (this.underWay.size >= UNDER_WAY_MAX) {
        this.left++;
        continue;
      }
      this.done++;
      const acting: Promise<void> = this.act().finally(() => this.underWay.delete(acting));
      this.underWay.add(acting);
    }
  }
}

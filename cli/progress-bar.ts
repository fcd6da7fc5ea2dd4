/** Width of the bar itself, in characters. */
const WIDTH = 28;
/** A terminal is redrawn at most this often. */
const REDRAW_MS = 80;

/** A bar on a terminal's standard error; nothing where that is a file or a pipe. */
export class ProgressBar {
  private readonly label: string;
  private readonly total: number;
  private readonly shown = process.stderr.isTTY === true;
  private drawnAt = 0;

  constructor(label: string, total: number) {
    this.label = label;
    this.total = total;
  }

  show(done: number, note: string): void {
    if (!this.shown || performance.now() - this.drawnAt < REDRAW_MS) return;
    this.drawnAt = performance.now();
    const share = this.total > 0 ? Math.min(1, done / this.total) : 0;
    const bar = "█".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "░");
    process.stderr.write(`\r\u001b[K${this.label} ${bar} ${(share * 100).toFixed(0).padStart(3)} %  ${note}`);
  }

  clear(): void {
    if (this.shown) process.stderr.write("\r\u001b[K");
  }
}

import { describe, expect, it } from "vitest";
import { PatientWork } from "./patient-work.ts";

/** Time that a test moves. */
function stage() {
  const clock = new VirtualTimers();
  return { work: new PatientWork(clock.after), clock };
}

class VirtualTimers {
  private timers: { readonly ms: number; readonly act: () => void }[] = [];
  readonly after = (ms: number, act: () => void) => {
    const timer = { ms, act };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  };
  get waiting(): number {
    return this.timers.length;
  }
  pass(ms: number): void {
    for (const timer of this.timers) if (timer.ms <= ms) timer.act();
  }
}

describe("work that may hang", () => {
  it("is waited for where it ends, and its failure is told, and no timer is left", async () => {
    const { work, clock } = stage();
    expect(await work.run(async () => undefined)).toBe(true);
    await expect(work.run(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    expect([work.isRunning, clock.waiting]).toEqual([false, 0]);
  });

  it("is left alone after two seconds, and nobody waits for the same run again or begins another beside it", async () => {
    const { work, clock } = stage();
    let begun = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const hang = () => {
      begun += 1;
      return promise;
    };
    const first = work.run(hang);
    clock.pass(2_000);
    expect(await first).toBe(false);
    expect(await work.run(hang)).toBe(false);
    expect(begun).toBe(1);
    resolve();
    await expect.poll(() => work.isRunning).toBe(false);
    expect(await work.run(async () => undefined)).toBe(true);
  });

  it("counts as failed after a minute, so that it is tried again though it never ends", async () => {
    const { work, clock } = stage();
    const first = work.run(() => new Promise(() => undefined));
    clock.pass(2_000);
    expect(await first).toBe(false);
    clock.pass(60_000);
    await expect.poll(() => work.isRunning).toBe(false);
    expect(await work.run(async () => undefined)).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { readMasterKeys } from "../platform/key-ring.ts";
import type { BackupStore } from "./backup-store.ts";
import type { ChangeCapture, Increment } from "./change-capture.ts";
import { ObjectBackup, SEAL_AFTER_MS } from "./object-backup.ts";

const KEYS = readMasterKeys(`k1:${"A".repeat(43)}`);
const HEADER = { epoch: "1000000000000-00000000", covers: 0, part: 1, isLast: true, at: 1 };

/** A source that has a base and so many changes waiting, and a store that fails while it is told to. */
function stage() {
  const now = 1_000_000_000_000;
  const world = {
    now,
    waiting: 0,
    values: 0,
    storedAt: now,
    isDown: false,
    stored: [] as string[],
    settled: 0,
    onPut: async () => {},
  };
  const capture = {
    pending: async () => world.waiting,
    changedValues: async () => world.values,
    storedAt: async () => world.storedAt,
    hasBase: async () => true,
    isTooMuch: async () => false,
    beginBase: async () => ({ epoch: HEADER.epoch, sequence: 1, part: 0, table: 0, after: null, values: {} }),
    basePart: async () => ({ unit: { header: { ...HEADER, number: 0 }, lines: "{}\n" }, next: undefined, values: {} }),
    settleBase: async () => {},
    increment: async ({ withTotals }: { withTotals: boolean }) => ({
      header: { ...HEADER, number: world.settled + 1 },
      lines: `${world.waiting}\n`,
      sequence: 1,
      totals: withTotals ? { tables: {}, values: 0 } : undefined,
    }),
    settle: async (_made: Increment) => {
      world.settled += 1;
      world.waiting = 0;
      world.values = 0;
      world.storedAt = world.now;
    },
  } as unknown as ChangeCapture;
  const store = {
    put: async (key: string) => {
      if (world.isDown) throw new Error("the store is down");
      world.stored.push(key);
      await world.onPut();
    },
  } as unknown as BackupStore;
  /** What an object has each time that it is made again. */
  const wake = () => new ObjectBackup({ source: "database", capture, store, keys: () => KEYS, now: () => world.now });
  return { world, backup: wake(), wake };
}

describe("the backup of a source", () => {
  it("is due three quarters of a minute after the first change, or at once when a thousand wait", async () => {
    const { world, backup } = stage();
    await backup.notice();
    expect(backup.dueAt()).toBeUndefined();
    world.waiting = 1;
    await backup.notice();
    expect(backup.dueAt()).toBe(world.now + SEAL_AFTER_MS);
    world.waiting = 1_000;
    await backup.notice();
    expect(backup.dueAt()).toBe(world.now);
    expect(await backup.turn()).toBe(true);
    expect(backup.dueAt()).toBeUndefined();
    expect(world.stored).toHaveLength(1);
  });

  it("takes the word of who counted its rows, once it has looked itself", async () => {
    const { world, backup, wake } = stage();
    expect(backup.noticeRows(3)).toBeUndefined();
    await backup.notice();
    expect(backup.noticeRows(0)).toBeUndefined();
    const changedAt = world.now;
    world.waiting = 3;
    expect(backup.noticeRows(3)).toBe(changedAt + SEAL_AFTER_MS);
    world.now += 1_000;
    expect(backup.noticeRows(996)).toBe(changedAt + SEAL_AFTER_MS);
    expect(backup.noticeRows(1)).toBe(changedAt);
    // Put out of memory before it was stored: that it is new says nothing of since when something waits.
    world.now = changedAt + SEAL_AFTER_MS;
    const woken = wake();
    woken.noticeValues();
    expect(woken.noticeRows(1)).toBeUndefined();
    await woken.notice();
    expect(woken.noticeRows(1)).toBe(changedAt + SEAL_AFTER_MS);
    expect(await woken.turn()).toBe(true);
    expect(woken.dueAt()).toBeUndefined();
    expect(woken.noticeRows(1)).toBe(world.now + SEAL_AFTER_MS);
  });

  it("answers who finds it storing once that is done, so that being due makes nobody ask without end", async () => {
    const { world, backup } = stage();
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    world.onPut = () => {
      begun.resolve();
      return held.promise;
    };
    await backup.notice();
    backup.noticeRows(1);
    const whole = backup.full();
    await begun.promise;
    backup.noticeRows(1);
    world.now = backup.dueAt() ?? 0;
    const turns: string[] = [];
    const turn = backup.turn().then((stored) => turns.push(`stored: ${stored}`));
    await new Promise(setImmediate);
    expect(turns).toEqual([]);
    held.resolve();
    await Promise.all([whole, turn]);
    expect(turns).toEqual(["stored: false"]);
    // What came meanwhile is still due, and what was there before is not again.
    expect(backup.dueAt()).toBe(world.now);
    expect(await backup.turn()).toBe(true);
    expect(backup.dueAt()).toBeUndefined();
  });

  it("has what waited wait on where a whole backup could not be stored", async () => {
    const { world, backup } = stage();
    await backup.notice();
    const dueAt = backup.noticeRows(1);
    world.isDown = true;
    await expect(backup.full()).rejects.toThrow("the store is down");
    expect(backup.dueAt()).toBe(dueAt);
  });

  it("stores a change of an object that sleeps before its alarm rings, no later than of one that does not", async () => {
    for (const change of ["waiting", "values"] as const) {
      const { world, backup, wake } = stage();
      await backup.notice();
      world[change] = 1;
      if (change === "values") backup.noticeValues();
      await backup.notice();
      world.now = backup.dueAt() ?? 0;
      const woken = wake();
      await woken.notice();
      expect(await woken.turn()).toBe(true);
      expect(world.stored).toHaveLength(1);
      await woken.notice();
      expect(woken.dueAt()).toBeUndefined();
    }
  });

  it("wakes for nothing where everything was stored before it slept", async () => {
    const { world, wake } = stage();
    world.now += 10 * SEAL_AFTER_MS;
    const woken = wake();
    await woken.notice();
    expect(woken.dueAt()).toBeUndefined();
    // A change after hours of rest is stored with the same waking; the next one waits its time.
    world.waiting = 1;
    await woken.notice();
    expect(woken.dueAt()).toBe(world.now + SEAL_AFTER_MS);
  });

  it("F24: goes on past a store that fails, tries again ever later, and then stores everything at once", async () => {
    const { world, backup } = stage();
    world.isDown = true;
    world.waiting = 3;
    await backup.notice();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      world.now = backup.dueAt() ?? 0;
      await backup.turn();
      pauses.push((backup.dueAt() ?? 0) - world.now);
    }
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
    world.isDown = false;
    world.now = backup.dueAt() ?? 0;
    await backup.turn();
    expect(world).toMatchObject({ settled: 1, waiting: 0 });
    expect(world.stored).toHaveLength(1);
    expect(backup.dueAt()).toBeUndefined();
  });
});

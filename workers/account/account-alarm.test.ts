import { expect, it } from "vitest";
import { AccountAlarm } from "./account-alarm.ts";

const NOW = 1_000_000;

/** An alarm on storage that keeps one time, as an object's does. */
function newAlarm() {
  const kept: { at: number | null } = { at: null };
  const values = new Map<string, unknown>();
  const kv = {
    get: (name: string) => values.get(name),
    put: (name: string, value: unknown) => values.set(name, value),
    delete: (name: string) => values.delete(name),
  };
  const storage = {
    kv,
    getAlarm: async () => kept.at,
    setAlarm: async (at: number) => {
      kept.at = at;
    },
  };
  return { alarm: new AccountAlarm(storage as unknown as DurableObjectStorage, () => NOW), kept };
}

it("rings in a minute where nothing was asked for while it rang", async () => {
  const { alarm, kept } = newAlarm();
  await alarm.by(NOW);
  await alarm.begin();
  expect(kept.at).toBeLessThan(NOW + 5_000);
  await alarm.end();
  expect(kept.at).toBe(NOW + 60_000);
});

it("keeps a time that was asked for while it rang", async () => {
  const { alarm, kept } = newAlarm();
  await alarm.begin();
  await alarm.beforeSending();
  await alarm.end();
  expect(kept.at).toBeLessThan(NOW + 5_000);
});

it("rings ever more seldom where its work is cut off again and again, until it ends once", async () => {
  const { alarm, kept } = newAlarm();
  const pauses: number[] = [];
  for (let count = 0; count < 8; count++) {
    await alarm.begin();
    pauses.push((kept.at ?? 0) - NOW);
  }
  expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  await alarm.end();
  await alarm.begin();
  expect(kept.at).toBe(NOW + 2_000);
});

it("rings at the first of all times", async () => {
  const { alarm, kept } = newAlarm();
  await alarm.byFirst([NOW + 500, undefined, NOW + 300]);
  await alarm.by(NOW + 400);
  expect(kept.at).toBe(NOW + 300);
  await alarm.byFirst([undefined]);
  expect(kept.at).toBe(NOW + 300);
});

it("rings at the first of times that are asked for at once, in whatever order", async () => {
  for (const times of [
    [NOW + 2_000, NOW + 34_000],
    [NOW + 34_000, NOW + 2_000],
  ]) {
    const { alarm, kept } = newAlarm();
    await alarm.begin();
    await alarm.end();
    await Promise.all(times.map((at) => alarm.by(at)));
    expect(kept.at).toBe(NOW + 2_000);
  }
});

it("rings at once where somebody else asks for a later time meanwhile, also after it rang", async () => {
  const { alarm, kept } = newAlarm();
  await Promise.all([alarm.by(NOW + 34_000), alarm.ring()]);
  expect(kept.at).toBe(NOW);
  await alarm.begin();
  await alarm.ring();
  await alarm.end();
  expect(kept.at).toBe(NOW);
});

it("has a time where one was asked for at the moment in which it began to ring", async () => {
  const { alarm, kept } = newAlarm();
  const asked = alarm.by(NOW + 34_000);
  await Promise.all([alarm.begin(), asked]);
  expect(kept.at).toBeLessThanOrEqual(NOW + 2_000);
});

import { expect, it } from "vitest";
import { ObjectAlarm } from "./object-alarm.ts";

/** An alarm on storage that keeps one time, as an object's does; `refused` of its next writes fail. */
function newAlarm(refused = 0) {
  const kept: { at: number | null; refused: number } = { at: null, refused };
  const write = async (at: number | null) => {
    if (kept.refused-- > 0) throw new Error("the storage is away");
    kept.at = at;
  };
  const storage = { getAlarm: async () => kept.at, setAlarm: write, deleteAlarm: () => write(null) };
  return { alarm: new ObjectAlarm(storage as never), kept };
}

it("rings at the first of times that are asked for at once, in whatever order", async () => {
  for (const times of [
    [2_000, 34_000, 9_000],
    [34_000, 9_000, 2_000],
  ]) {
    const { alarm, kept } = newAlarm();
    await Promise.all(times.map((at) => alarm.by(at)));
    expect(kept.at).toBe(2_000);
  }
});

it("rings at the time that was set outright, or earlier where that is asked for after it", async () => {
  const { alarm, kept } = newAlarm();
  await Promise.all([alarm.by(1_000), alarm.at(34_000), alarm.by(50_000)]);
  expect(kept.at).toBe(34_000);
  await Promise.all([alarm.by(2_000), alarm.by(9_000)]);
  expect(kept.at).toBe(2_000);
  await Promise.all([alarm.at(undefined), alarm.by(9_000)]);
  expect(kept.at).toBe(9_000);
});

it("keeps what is asked for while it rings soon enough for work that is cut off, until the next time is known", async () => {
  const { alarm, kept } = newAlarm();
  alarm.begin(2_000);
  expect(kept.at).toBeNull();
  await alarm.by(34_000);
  expect(kept.at).toBe(2_000);
  await alarm.at(60_000);
  await alarm.by(70_000);
  expect(kept.at).toBe(60_000);
});

it("tells who asked that it could not be set, and nobody else", async () => {
  const { alarm, kept } = newAlarm(1);
  const [first, second] = await Promise.allSettled([alarm.by(1_000), alarm.by(5_000)]);
  expect([first?.status, second?.status]).toEqual(["rejected", "fulfilled"]);
  expect(kept.at).toBe(5_000);
});

import { describe, expect, test } from "vitest";
import {
  FIRST_HOURS,
  hoursOfStored,
  hoursOfWindows,
  hoursProblems,
  hoursWords,
  windowsOfHours,
} from "./hours-draft.ts";

describe("the form of trading hours", () => {
  test("hours come back from the form as they were, midnight as the end of the day", () => {
    const windows = [
      { weekdays: [1, 2], fromMinute: 480, toMinute: 1_020 },
      { weekdays: [0], fromMinute: 0, toMinute: 1_440 },
    ];
    expect(hoursOfWindows(windows)[1]).toEqual({ weekdays: [0], from: "00:00", to: "00:00" });
    expect(windowsOfHours(hoursOfWindows(windows))).toEqual(windows);
    expect(windowsOfHours([])).toBeUndefined();
    expect(hoursOfWindows(undefined)).toEqual([]);
  });

  test("of a stored draft, rows that are none are dropped, and one that is all damage is none", () => {
    const { weekdays: _without, ...broken } = FIRST_HOURS;
    const damaged = [broken, null, "08:00", { ...FIRST_HOURS, weekdays: [7] }, { ...FIRST_HOURS, from: 480 }];
    expect(hoursOfStored([...damaged, FIRST_HOURS])).toEqual([FIRST_HOURS]);
    expect(hoursOfStored(damaged)).toBeUndefined();
    expect(hoursOfStored({ rows: [] })).toBeUndefined();
    expect(hoursOfStored([])).toEqual([]);
  });

  test("no day and an end before the begin are told at their row", () => {
    const rows = [FIRST_HOURS, { ...FIRST_HOURS, weekdays: [] }, { ...FIRST_HOURS, to: "07:00" }];
    expect([...hoursProblems(rows)]).toEqual([
      [1, "choose at least one day"],
      [2, "the first time must be before the second"],
    ]);
    expect(hoursProblems([{ ...FIRST_HOURS, from: "" }]).size).toBe(1);
    expect(hoursProblems([FIRST_HOURS]).size).toBe(0);
  });

  test("hours in words name days from Monday, and no hours are any time", () => {
    expect(hoursWords(windowsOfHours([{ ...FIRST_HOURS, weekdays: [0, 1] }]))).toBe("Mon, Sun 08:00 to 17:00 UTC");
    expect(hoursWords([{ weekdays: [0, 1, 2, 3, 4, 5, 6], fromMinute: 0, toMinute: 1_440 }])).toBe(
      "every day 00:00 to 24:00 UTC",
    );
    expect(hoursWords(undefined)).toBe("any time");
    expect(hoursWords([])).toBe("never");
  });
});

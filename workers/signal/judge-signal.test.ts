import { describe, expect, it } from "vitest";
import { judgeSignal, placeAfter, repeatKeyOf } from "./judge-signal.ts";

const NOW = Date.UTC(2026, 4, 4, 9, 30);
const SETTINGS = { maxAgeSeconds: 60, repeatSeconds: 60 };
const PLAIN = { wish: "long", sentAt: undefined, barAt: undefined, sequence: undefined, id: undefined } as const;

function judge(parts: object, newest: object | undefined = undefined, repeated: string | undefined = undefined) {
  return judgeSignal({ ...PLAIN, ...parts }, { now: NOW, settings: SETTINGS, newest, repeated }).state;
}

describe("whether a signal is taken", () => {
  it("depends on its age by its sender's time, to the second of the bot's setting", () => {
    expect(judge({})).toBe("received");
    expect(judge({ sentAt: NOW - 60_000 })).toBe("received");
    expect(judge({ sentAt: NOW - 60_001 })).toBe("stale");
    expect(judge({ sentAt: NOW + 60_000 })).toBe("received");
    expect(judge({ sentAt: NOW + 60_001 })).toBe("refused");
    expect(judge({ barAt: NOW + 60_001 })).toBe("refused");
  });

  it("depends on its place behind what was taken: by count, else by bar, else by time", () => {
    const newest = { sequence: 7, barAt: NOW - 300_000, sentAt: NOW - 10_000 };
    expect(judge({ sequence: 8, barAt: NOW - 600_000 }, newest)).toBe("received");
    expect(judge({ sequence: 7 }, newest)).toBe("out-of-order");
    expect(judge({ barAt: NOW - 600_000, sentAt: NOW }, newest)).toBe("out-of-order");
    expect(judge({ barAt: NOW, sentAt: NOW - 20_000 }, newest)).toBe("received");
    expect(judge({ barAt: NOW - 300_000, sentAt: NOW - 10_001 }, newest)).toBe("out-of-order");
    expect(judge({ barAt: NOW - 300_000, sentAt: NOW - 10_000 }, newest)).toBe("received");
    expect(judge({ sentAt: NOW - 10_001 }, newest)).toBe("out-of-order");
    expect(judge({}, newest)).toBe("received");
  });

  it("is known by what it repeats: its sender's id, else wish and bar, else wish and time, else the word alone", () => {
    const key = (parts: object) =>
      repeatKeyOf({ ...PLAIN, ...parts }, { instrument: "SIM:BTC-USD", settings: SETTINGS });
    expect(key({ id: "a", barAt: 1 })).toEqual({ key: "id a", windowMs: 86_400_000, bare: false });
    expect(key({ barAt: 1, sentAt: 2 })).toEqual(key({ barAt: 1, sentAt: 3 }));
    expect(key({ barAt: 1 })).not.toEqual(key({ barAt: 2 }));
    expect(key({ barAt: 1 })).not.toEqual(key({ barAt: 1, wish: "flat" }));
    expect(key({})).toMatchObject({ bare: true, windowMs: 60_000 });
    expect(judge({}, undefined, "sig_1")).toBe("duplicate");
  });

  it("leaves the newest place as far on as anything that was taken told", () => {
    const place = placeAfter({ sequence: 7, barAt: 5 }, { ...PLAIN, sentAt: 9 });
    expect(place).toEqual({ sequence: 7, barAt: 5, sentAt: 9 });
  });
});

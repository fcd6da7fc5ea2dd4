import { describe, expect, it } from "vitest";
import type { VenueNews } from "../workers/brokers/venue-news.ts";
import type { StreamScript, StreamStep } from "../workers/brokers/venue-stream.ts";
import { BEATS } from "./account-line.ts";
import { ManualTimers } from "./testing/manual-timers.ts";
import { testConnect, type WireEnd } from "./testing/wire.ts";
import { VenueLine } from "./venue-line.ts";

const NOTHING: StreamStep = { send: [], news: [] };

function script(changed: Partial<StreamScript> = {}): StreamScript {
  return {
    ...{ transport: "websocket", url: "wss://venue.example", headers: {}, silenceMs: 20_000, ageMsMax: 600_000 },
    open: () => ({ send: ["subscribe"], news: [] }),
    take: (frame) => (frame === "subscribed" ? { ...NOTHING, isReady: true } : NOTHING),
    tick: () => NOTHING,
    ...changed,
  };
}

function stage(changed: Partial<StreamScript> = {}) {
  const timers = new ManualTimers();
  const lines: WireEnd[] = [];
  const news: VenueNews[] = [];
  const states: string[] = [];
  const line = new VenueLine({
    script: () => script(changed),
    connect: testConnect((end) => lines.push(end)),
    timers,
    beats: BEATS,
    listener: { news: (told) => news.push(...told), state: (state) => states.push(state) },
  });
  line.start();
  return { timers, lines, news, states, line };
}

describe("the line to a venue", () => {
  it("subscribes on each connection anew, and tells a gap and that it is ready once the venue confirms", async () => {
    const { timers, lines, news, states } = stage();
    for (let connection = 0; connection < 3; connection++) {
      await timers.pass(5_000);
      const end = lines[connection];
      end?.open();
      expect(end?.got).toEqual(["subscribe"]);
      expect(states.at(-1)).toBe("connecting");
      end?.say("subscribed");
      expect(states.at(-1)).toBe("ready");
      expect(news.filter(({ type }) => type === "gap")).toHaveLength(connection + 1);
      end?.cut();
      expect(states.at(-1)).toBe("down");
    }
  });

  it("replaces a connection that is silent for longer than its venue ever is", async () => {
    const { timers, lines, states } = stage();
    await timers.pass(10);
    lines[0]?.open();
    lines[0]?.say("subscribed");
    await timers.pass(19_000);
    expect(lines).toHaveLength(1);
    await timers.pass(5_000);
    expect(states).toEqual(["connecting", "ready", "down", "connecting"]);
    expect(lines).toHaveLength(2);
  });

  it("notices within fifteen seconds that a venue which answers pings answers no more, and waits for no other", async () => {
    // A minute old, and so young that no beat was due yet.
    for (const [answersPings, ageMs] of [
      [true, 60_000],
      [true, 100],
      [false, 60_000],
    ] as const) {
      const { timers, lines } = stage({ silenceMs: 90_000 });
      await timers.pass(10);
      const [end] = lines;
      if (end === undefined) throw new Error("nobody was dialled");
      end.answersPings = answersPings;
      end.open();
      end.say("subscribed");
      await timers.pass(ageMs);
      expect(lines).toHaveLength(1);
      end.isBlackHole = true;
      await timers.pass(15_000);
      expect(lines).toHaveLength(answersPings ? 2 : 1);
    }
  });

  it("replaces a connection before its venue ends it for its age", async () => {
    const { timers, lines } = stage({ ageMsMax: 30_000, silenceMs: 1_000_000 });
    await timers.pass(10);
    lines[0]?.open();
    lines[0]?.say("subscribed");
    await timers.pass(33_000);
    expect(lines).toHaveLength(2);
  });

  it("gives up a venue that takes the connection and never confirms", async () => {
    const { timers, lines } = stage({ silenceMs: 1_000_000 });
    await timers.pass(10);
    lines[0]?.open();
    await timers.pass(33_000);
    expect(lines).toHaveLength(2);
  });

  it("tries no more with a key that the venue refused, until it is asked anew", async () => {
    for (const refuse of [
      (end: WireEnd | undefined) => end?.cut("was answered with 401", 401),
      (end: WireEnd | undefined) => {
        end?.open();
        end?.say("bad key");
      },
    ]) {
      const take = (frame: string): StreamStep =>
        frame === "bad key" ? { ...NOTHING, close: { reason: "bad key", isFinal: true } } : NOTHING;
      const { timers, lines, states } = stage({ take });
      await timers.pass(10);
      refuse(lines[0]);
      await timers.pass(600_000);
      expect(lines).toHaveLength(1);
      expect(states.at(-1)).toBe("refused");
    }
  });

  it("tells a frame that its script cannot bear as a gap and begins anew", async () => {
    const { timers, lines, news } = stage({
      take: () => {
        throw new Error("unreadable");
      },
    });
    await timers.pass(10);
    lines[0]?.open();
    lines[0]?.say("?");
    expect(news).toEqual([{ type: "gap", reason: "a frame was not understood: unreadable" }]);
    await timers.pass(2_000);
    expect(lines).toHaveLength(2);
  });

  it("dials nobody once it was ended", async () => {
    const { timers, lines, line } = stage();
    await timers.pass(10);
    lines[0]?.cut();
    line.end();
    await timers.pass(600_000);
    expect(lines).toHaveLength(1);
  });
});

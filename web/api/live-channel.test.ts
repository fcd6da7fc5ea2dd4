import fc from "fast-check";
import { expect, test } from "vitest";
import { type LiveFrame, type LiveSocket, type LiveState, openLiveChannel } from "./live-channel.ts";

interface Value {
  readonly candles: number;
  readonly trades: number;
}

/** A channel on sockets that the test opens, feeds and breaks, with time that the test moves. */
function stage() {
  const sockets: (LiveSocket & { sent: string[]; closed: boolean })[] = [];
  const values: Value[] = [];
  const states: LiveState[] = [];
  const timers: { act: () => void; delayMs: number }[] = [];
  const clock = { nowMs: 0 };
  const channel = openLiveChannel<Value>(
    {
      async open() {
        const socket = {
          onopen: null,
          onmessage: null,
          onclose: null,
          sent: [] as string[],
          closed: false,
        } as (typeof sockets)[0];
        socket.send = (text) => socket.sent.push(text);
        socket.close = () => {
          socket.closed = true;
        };
        sockets.push(socket);
        return socket;
      },
      now: () => clock.nowMs,
      later(act, delayMs) {
        timers.push({ act, delayMs });
        return () => timers.splice(0);
      },
      random: () => 1,
    },
    {
      onValue: (value) => values.push(value),
      onState: (state) => states.push(state),
      onError: () => undefined,
      parse: (text) => JSON.parse(text) as LiveFrame<Value>,
    },
  );
  const settle = () => new Promise((done) => setTimeout(done, 0));
  const say = (frame: LiveFrame<Value>) => sockets.at(-1)?.onmessage?.({ data: JSON.stringify(frame) });
  return { channel, sockets, values, states, timers, clock, settle, say };
}

const snapshot = (sequence: number, state: Value) => ({ type: "snapshot", sequence, state }) as const;
const delta = (sequence: number, change: Partial<Value>) => ({ type: "delta", sequence, change }) as const;

test("a snapshot and its deltas in order give the value of the server", async () => {
  const { say, values, states, settle } = stage();
  await settle();
  say(snapshot(4, { candles: 0, trades: 0 }));
  say(delta(5, { candles: 10 }));
  say(delta(6, { trades: 2 }));
  expect(values.at(-1)).toEqual({ candles: 10, trades: 2 });
  expect(states.at(-1)).toEqual({ kind: "live" });
});

test("a missed number asks for a snapshot and shows nothing wrong meanwhile", async () => {
  const { say, values, sockets, settle } = stage();
  await settle();
  say(snapshot(1, { candles: 1, trades: 0 }));
  say(delta(3, { candles: 3 }));
  expect(values.at(-1)).toEqual({ candles: 1, trades: 0 });
  expect(sockets[0].sent).toEqual(['{"type":"snapshot"}']);
  say(snapshot(3, { candles: 3, trades: 1 }));
  expect(values.at(-1)).toEqual({ candles: 3, trades: 1 });
});

test("a broken socket is opened again with growing pauses, and says since when it is away", async () => {
  const { states, sockets, timers, clock, settle } = stage();
  await settle();
  clock.nowMs = 100;
  const pauses: number[] = [];
  for (let round = 0; round < 4; round++) {
    sockets.at(-1)?.onclose?.();
    const timer = timers.pop();
    pauses.push(timer?.delayMs ?? 0);
    timer?.act();
    await settle();
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000]);
  expect(states.at(-1)).toEqual({ kind: "reconnecting", sinceMs: 100 });
  clock.nowMs = 90_000;
  sockets.at(-1)?.onclose?.();
  expect(states.at(-1)).toEqual({ kind: "offline", sinceMs: 100 });
});

test("a channel that was closed opens nothing more", async () => {
  const { channel, sockets, timers, settle } = stage();
  await settle();
  channel.close();
  sockets[0].onclose?.();
  await settle();
  expect(sockets[0].closed).toBe(true);
  expect(timers).toHaveLength(0);
  expect(sockets).toHaveLength(1);
});

test("whatever frames are lost or repeated, the value shown is one that the server had", async () => {
  const truth = Array.from({ length: 12 }, (_, index) => ({ candles: index * 10, trades: index % 5 }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 11 }), { maxLength: 40 }), async (order) => {
      const { say, values, settle } = stage();
      await settle();
      say(snapshot(0, truth[0]));
      for (const index of order) {
        if (index % 4 === 0) say(snapshot(index, truth[index]));
        else say(delta(index, truth[index]));
        expect(truth).toContainEqual(values.at(-1));
      }
    }),
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { type LiveFrame, type LivePosition, type LiveSocket, type LiveState, openLiveChannel } from "./live-channel.ts";

interface Value {
  readonly candles: number;
  readonly trades: number;
}

type TestSocket = LiveSocket & { sent: unknown[]; closed: boolean; position: LivePosition | undefined };

/** A channel on sockets that the test opens, feeds and breaks, with time that the test moves. */
function stage() {
  const sockets: TestSocket[] = [];
  const values: Value[] = [];
  const states: LiveState[] = [];
  const timers = new Set<{ act: () => void; atMs: number }>();
  let nowMs = 0;
  const channel = openLiveChannel<Value>(
    {
      async open(position) {
        const socket: TestSocket = {
          ...{ onmessage: null, onclose: null, sent: [], closed: false, position },
          send: (text) => socket.sent.push(text.startsWith("{") ? JSON.parse(text) : text),
          close() {
            socket.closed = true;
          },
        };
        sockets.push(socket);
        return socket;
      },
      now: () => nowMs,
      later(act, delayMs) {
        const timer = { act, atMs: nowMs + delayMs };
        timers.add(timer);
        return () => timers.delete(timer);
      },
      random: () => 1,
    },
    {
      onValue: (value) => values.push(value),
      onState: (state) => states.push(state),
      onError: () => undefined,
      parse: (text) => (text.startsWith("{") ? (JSON.parse(text) as LiveFrame<Value>) : undefined),
    },
  );
  const settle = () => new Promise((done) => setTimeout(done, 0));
  /** Lets time pass, and what waits for it happen in its order. */
  async function pass(delayMs: number): Promise<void> {
    const untilMs = nowMs + delayMs;
    for (;;) {
      const next = [...timers].sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      timers.delete(next);
      nowMs = next.atMs;
      next.act();
      await settle();
    }
    nowMs = untilMs;
  }
  const hear = (text: string) => sockets.at(-1)?.onmessage?.({ data: text });
  const say = (frame: LiveFrame<Value>) => hear(JSON.stringify(frame));
  return { channel, sockets, values, states, timers, settle, pass, say, hear };
}

const snapshot = (sequence: number, state: Value) => ({ type: "snapshot", epoch: "e", sequence, state }) as const;
const delta = (from: number, sequence: number, change: Partial<Value>) =>
  ({ type: "delta", from, sequence, change }) as const;

test("a snapshot and its deltas in order give the value of the server", async () => {
  const { say, values, states, settle } = stage();
  await settle();
  say(snapshot(4, { candles: 0, trades: 0 }));
  say(delta(4, 5, { candles: 10 }));
  say(delta(5, 9, { trades: 2 }));
  expect(values.at(-1)).toEqual({ candles: 10, trades: 2 });
  expect(states.at(-1)).toEqual({ kind: "live" });
});

test("a delta from further on asks for a snapshot and shows nothing wrong meanwhile", async () => {
  const { say, values, sockets, settle } = stage();
  await settle();
  say(snapshot(1, { candles: 1, trades: 0 }));
  say(delta(2, 3, { candles: 3 }));
  expect(values.at(-1)).toEqual({ candles: 1, trades: 0 });
  expect(sockets[0].sent).toEqual([{ type: "snapshot" }]);
  say(snapshot(3, { candles: 3, trades: 1 }));
  expect(values.at(-1)).toEqual({ candles: 3, trades: 1 });
});

test("frames are acknowledged within a second, and at once where many come", async () => {
  const { say, sockets, settle, pass } = stage();
  await settle();
  say(snapshot(0, { candles: 0, trades: 0 }));
  say(delta(0, 1, { candles: 1 }));
  await pass(1_000);
  expect(sockets[0].sent).toEqual([{ type: "ack", sequence: 1 }]);
  for (let sequence = 2; sequence <= 17; sequence++) say(delta(sequence - 1, sequence, { candles: sequence }));
  expect(sockets[0].sent.slice(1)).toEqual([{ type: "ack", sequence: 17 }]);
  await pass(1_000);
  expect(sockets[0].sent).toHaveLength(2);
});

test("a reopened socket goes on from the value that the page has, which stays on the page meanwhile", async () => {
  const { say, values, states, sockets, settle, pass } = stage();
  await settle();
  expect(sockets[0].position).toBeUndefined();
  say(snapshot(7, { candles: 7, trades: 0 }));
  sockets[0].onclose?.();
  await pass(500);
  expect(sockets[1].position).toEqual({ epoch: "e", sequence: 7 });
  expect(states.at(-1)).toEqual({ kind: "reconnecting", sinceMs: 0 });
  say(delta(7, 9, { trades: 3 }));
  expect(values.at(-1)).toEqual({ candles: 7, trades: 3 });
  expect(states.at(-1)).toEqual({ kind: "live" });
});

test("a broken socket is opened again with growing pauses, and says since when it is away", async () => {
  const { states, sockets, timers, settle, pass } = stage();
  await settle();
  await pass(100);
  let atMs = 100;
  for (const pauseMs of [500, 1_000, 2_000, 4_000]) {
    sockets.at(-1)?.onclose?.();
    expect([...timers].map((timer) => timer.atMs - atMs)).toEqual([pauseMs]);
    await pass(pauseMs);
    atMs += pauseMs;
  }
  expect(sockets).toHaveLength(5);
  expect(states.at(-1)).toEqual({ kind: "reconnecting", sinceMs: 100 });
  await pass(15_000);
  sockets.at(-1)?.onclose?.();
  await pass(60_000);
  sockets.at(-1)?.onclose?.();
  expect(states.at(-1)).toEqual({ kind: "offline", sinceMs: 100 });
});

test("a silent server is asked whether it is there, and left after no answer", async () => {
  const { hear, sockets, states, settle, pass } = stage();
  await settle();
  await pass(20_000);
  expect(sockets[0].sent).toEqual(["ping"]);
  hear("pong");
  await pass(20_000);
  expect(sockets[0].sent).toEqual(["ping", "ping"]);
  await pass(20_000);
  expect(sockets[0].closed).toBe(true);
  expect(states.at(-1)).toMatchObject({ kind: "reconnecting" });
});

test.each(["signed_out", "deleted"] as const)(
  "after a bye because of %s nothing is opened any more",
  async (reason) => {
    const { say, sockets, states, timers, settle } = stage();
    await settle();
    say({ type: "bye", reason });
    sockets[0].onclose?.();
    expect(states.at(-1)).toEqual({ kind: "ended", reason });
    expect(timers.size).toBe(0);
  },
);

test.each(["slow", "renewed"] as const)("after a bye because of %s the channel comes back", async (reason) => {
  const { say, sockets, settle, pass } = stage();
  await settle();
  say({ type: "bye", reason });
  sockets[0].onclose?.();
  await pass(500);
  expect(sockets).toHaveLength(2);
});

test("a channel that was closed opens nothing more", async () => {
  const { channel, sockets, timers, settle } = stage();
  await settle();
  channel.close();
  sockets[0].onclose?.();
  await settle();
  expect(sockets[0].closed).toBe(true);
  expect(timers.size).toBe(0);
  expect(sockets).toHaveLength(1);
});

const ANSWER = JSON.stringify({ type: "killed" });
const isAnswer = (text: string) => (text === ANSWER ? "killed" : undefined);

test("a question goes over the open socket and takes its own answer, while values go on", async () => {
  const { channel, say, hear, values, sockets, settle } = stage();
  await settle();
  const answer = channel.ask({ type: "kill" }, isAnswer);
  expect(sockets[0].sent).toEqual([{ type: "kill" }]);
  say(snapshot(1, { candles: 1, trades: 0 }));
  hear(ANSWER);
  expect(await answer).toBe("killed");
  expect(values.at(-1)).toEqual({ candles: 1, trades: 0 });
});

test("a question without a socket, or whose socket breaks, says that the connection is away", async () => {
  const { channel, sockets, settle } = stage();
  await expect(channel.ask({ type: "kill" }, isAnswer)).rejects.toMatchObject({ reason: "away" });
  await settle();
  const cut = channel.ask({ type: "kill" }, isAnswer);
  sockets[0].onclose?.();
  await expect(cut).rejects.toMatchObject({ reason: "away" });
});

test("a question that is refused, or not answered within ten seconds, says which", async () => {
  const { channel, say, pass, settle } = stage();
  await settle();
  const refused = channel.ask({ type: "kill" }, isAnswer);
  say({ type: "error", code: "read_only", message: "You may look." });
  await expect(refused).rejects.toMatchObject({ reason: "refused", message: "You may look." });
  const silent = channel.ask({ type: "kill" }, isAnswer).catch((error: unknown) => error);
  await pass(10_000);
  expect(await silent).toMatchObject({ reason: "silent" });
});

test("whatever frames are lost or repeated, the value shown is one that the server had", async () => {
  const truth = Array.from({ length: 12 }, (_, index) => ({ candles: index * 10, trades: index % 5 }));
  const frame = fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 11 }), fc.boolean());
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 40 }), async (frames) => {
      const { say, values, settle } = stage();
      await settle();
      say(snapshot(0, truth[0]));
      for (const [one, other, whole] of frames) {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        if (whole) say(snapshot(to, truth[to]));
        else say(delta(from, to, truth[to]));
        expect(truth).toContainEqual(values.at(-1));
      }
    }),
  );
});

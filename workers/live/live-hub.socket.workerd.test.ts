import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { RunState } from "../../schema/wire/backtest.ts";
import { initialState } from "../run/run-state.ts";
import { LiveWatcher } from "../testing/live-watcher.ts";
import { LiveHub } from "./live-hub.ts";
import {
  ACK_DELAY_MS_MAX,
  BYTES_IN_FLIGHT_MAX,
  FRAMES_IN_FLIGHT_MAX,
  REFUSALS_MAX,
  SOCKET_MS_MAX,
} from "./socket-credit.ts";
import { socketRequest } from "./socket-request.ts";

const OWNER = "usr_hub";
let channels = 0;

/** A channel of its own, on the object that follows runs: its value is a state, its changes are reports. */
async function newChannel() {
  const object = env.RUN.getByName(`hub test ${channels++}`);
  let state = initialState("run_1");
  await object.begin({ ownerId: OWNER, state });
  return {
    object,
    open: (search = "", untilMs?: number) =>
      object.fetch(socketRequest({ ownerId: OWNER, grantId: "ses_1", watcher: null, search, untilMs })),
    async report(change: Partial<RunState>) {
      state = { ...state, ...change };
      await object.report({ ownerId: OWNER, state });
    },
    /** What the object's own alarm does, at another time. */
    sweep: (nowMs: number) =>
      runInDurableObject(object, (_instance, ctx) => {
        const options = { ctx, prefix: "live", now: () => nowMs, newEpoch: () => "never", socketsMax: 20 };
        return new LiveHub<RunState>(options).sweep(nowMs);
      }),
  };
}

type Channel = Awaited<ReturnType<typeof newChannel>>;

async function watch(channel: Channel, search = "", acks = true): Promise<LiveWatcher> {
  const watcher = new LiveWatcher(await channel.open(search), { acks });
  await watcher.until(({ frames }) => frames.length > 0);
  return watcher;
}

const is = (trades: number) => (watcher: LiveWatcher) => watcher.value<RunState>()?.trades === trades;

describe("a live channel", () => {
  it("tells a snapshot, then what changed, each frame from where the one before it ended", async () => {
    const channel = await newChannel();
    const watcher = await watch(channel);
    await channel.report({ trades: 1 });
    await channel.report({ trades: 2, phase: "trading" });
    await watcher.until(is(2));
    expect(watcher.frames).toMatchObject([
      { type: "snapshot", sequence: 0, state: initialState("run_1") },
      { type: "delta", from: 0, sequence: 1, change: { trades: 1 } },
      { type: "delta", from: 1, sequence: 2, change: { trades: 2, phase: "trading" } },
    ]);
  });

  it("says nothing where nothing changed", async () => {
    const channel = await newChannel();
    const watcher = await watch(channel);
    await channel.report({});
    await channel.report({ trades: 1 });
    await watcher.until(is(1));
    expect(watcher.sequence).toBe(1);
  });

  it("goes on by one delta for a client that says where it stopped, also after the object was evicted", async () => {
    const channel = await newChannel();
    const first = await watch(channel);
    const epoch = first.frames[0]?.epoch;
    await channel.report({ trades: 1, candles: 10 });
    await channel.report({ trades: 2 });
    await evictDurableObject(channel.object);
    await channel.report({ phase: "trading" });
    const again = await watch(channel, `?epoch=${epoch}&sequence=1`);
    expect(again.frames).toEqual([{ type: "delta", from: 1, sequence: 3, change: { trades: 2, phase: "trading" } }]);
    const upToDate = await watch(channel, `?epoch=${epoch}&sequence=3`);
    expect(upToDate.frames).toEqual([{ type: "delta", from: 3, sequence: 3, change: {} }]);
  });

  it.each(["?epoch=another&sequence=1", "?sequence=1", "?epoch=EPOCH&sequence=99", "?epoch=EPOCH&sequence=-1"])(
    "begins anew for a client that comes with %s",
    async (search) => {
      const channel = await newChannel();
      const epoch = (await watch(channel)).frames[0]?.epoch ?? "";
      await channel.report({ trades: 1 });
      await channel.report({ trades: 2 });
      const watcher = await watch(channel, search.replace("EPOCH", epoch));
      expect(watcher.frames).toMatchObject([{ type: "snapshot", sequence: 2, epoch, state: { trades: 2 } }]);
    },
  );

  it("goes on with sockets that slept through an eviction", async () => {
    const channel = await newChannel();
    const watcher = await watch(channel);
    await channel.report({ trades: 1 });
    await evictDurableObject(channel.object);
    await channel.report({ trades: 2 });
    await watcher.until(is(2));
    expect(watcher.count("snapshot")).toBe(1);
  });

  it("answers a ping without waking, and a snapshot that is asked for", async () => {
    const channel = await newChannel();
    const watcher = await watch(channel);
    await evictDurableObject(channel.object);
    const pong = new Promise((resolve) => watcher.socket.addEventListener("message", ({ data }) => resolve(data)));
    watcher.socket.send("ping");
    expect(await pong).toBe("pong");
    watcher.say({ type: "snapshot" });
    await watcher.until(() => watcher.count("snapshot") === 2);
  });
});

describe("flow control of a live channel", () => {
  it("holds frames back beyond the credit and sends what changed meanwhile as one, while others go on", async () => {
    const channel = await newChannel();
    const lagging = await watch(channel, "", false);
    const reading = await watch(channel);
    const last = FRAMES_IN_FLIGHT_MAX + 20;
    for (let trades = 1; trades <= last; trades++) await channel.report({ trades });
    await reading.until(is(last));
    await lagging.until(is(FRAMES_IN_FLIGHT_MAX - 1));
    expect(reading.frames).toHaveLength(last + 1);
    expect(lagging.frames).toHaveLength(FRAMES_IN_FLIGHT_MAX);
    lagging.ack(lagging.sequence);
    await lagging.until(is(last));
    expect(lagging.frames).toHaveLength(FRAMES_IN_FLIGHT_MAX + 1);
    expect(lagging.frames.at(-1)).toMatchObject({ from: FRAMES_IN_FLIGHT_MAX - 1, sequence: last });
  });

  it("holds no more than a mebibyte for a socket that does not read, and one larger frame where nothing is held", async () => {
    const channel = await newChannel();
    const text = "x".repeat(BYTES_IN_FLIGHT_MAX / 4);
    const lagging = await watch(channel, "", false);
    for (let round = 0; round < 6; round++) await channel.report({ error: { code: `${round}`, message: text } });
    await lagging.until(({ frames }) => frames.length === 4);
    lagging.ack(lagging.sequence);
    await lagging.until((watcher) => watcher.value<RunState>()?.error?.code === "5");
    lagging.ack(lagging.sequence);
    await channel.report({ error: { code: "large", message: text.repeat(5) } });
    await lagging.until((watcher) => watcher.value<RunState>()?.error?.code === "large");
  });

  it("hangs up who has not acknowledged for ten seconds, with a reason, also after a sleep, and nobody else", async () => {
    const channel = await newChannel();
    const slow = await watch(channel, "", false);
    const reading = await watch(channel);
    await channel.report({ trades: 1 });
    await reading.until(is(1));
    reading.say({ type: "snapshot" });
    await reading.until(() => reading.count("snapshot") === 2);
    reading.say({ type: "nonsense" });
    await reading.until(() => reading.count("error") === 1);
    await evictDurableObject(channel.object);
    const sentBy = Date.now();
    expect(await channel.sweep(sentBy)).toBeGreaterThan(sentBy);
    expect(await channel.sweep(sentBy + ACK_DELAY_MS_MAX)).toBeUndefined();
    expect(await slow.closed).toBe(4408);
    expect(slow.frames.at(-1)).toEqual({ type: "bye", reason: "slow" });
    await channel.report({ trades: 2 });
    await reading.until(is(2));
  });

  it("lets a client ask for snapshots only as fast as it takes them in", async () => {
    const channel = await newChannel();
    const greedy = await watch(channel, "", false);
    for (let round = 0; round < 2 * FRAMES_IN_FLIGHT_MAX; round++) greedy.say({ type: "snapshot" });
    greedy.say({ type: "nonsense" });
    await greedy.until(() => greedy.count("error") === 1);
    expect(greedy.count("snapshot")).toBe(FRAMES_IN_FLIGHT_MAX);
    greedy.ack(0);
    await greedy.until(() => greedy.count("snapshot") === FRAMES_IN_FLIGHT_MAX + 1);
  });

  it("hangs up who says nothing but nonsense", async () => {
    const channel = await newChannel();
    const watcher = await watch(channel);
    for (let round = 0; round <= REFUSALS_MAX; round++) watcher.socket.send("nonsense");
    expect(await watcher.closed).toBe(4429);
    expect(watcher.count("error")).toBe(REFUSALS_MAX);
  });
});

describe("the end of a live channel", () => {
  it("says that the thing was deleted", async () => {
    const channel = await newChannel();
    const watcher = await watch(channel);
    await channel.object.destroy(OWNER);
    expect(await watcher.closed).toBe(4404);
    expect(watcher.frames.at(-1)).toEqual({ type: "bye", reason: "deleted" });
    expect((await channel.open()).status).toBe(404);
  });

  it("comes after a day, and with the leave to watch: nothing is told after it, and whoever may comes back", async () => {
    const channel = await newChannel();
    const watcher = await watch(channel);
    expect(await channel.sweep(Date.now() + SOCKET_MS_MAX)).toBeUndefined();
    expect(await watcher.closed).toBe(1012);
    expect(watcher.frames.at(-1)).toEqual({ type: "bye", reason: "restart" });
    const guest = new LiveWatcher(await channel.open("", Date.now() + 50));
    await guest.until(({ frames }) => frames.length === 1);
    const leave = guest.closed.then(() => true);
    for (let trades = 1; !(await Promise.race([leave, false])); trades++) await channel.report({ trades });
    const told = guest.frames.filter(({ type }) => type === "delta").length;
    await channel.report({ trades: 0 });
    expect(guest.frames.filter(({ type }) => type === "delta")).toHaveLength(told);
    expect(guest.frames.at(-1)).toEqual({ type: "bye", reason: "restart" });
  });

  it("refuses one socket too many, and takes another once one has gone", async () => {
    const channel = await newChannel();
    const watchers: LiveWatcher[] = [];
    for (let count = 0; count < 20; count++) watchers.push(await watch(channel));
    expect((await channel.open()).status).toBe(429);
    watchers[0]?.socket.close(1000);
    await watchers[0]?.closed;
    expect((await channel.open()).status).toBe(101);
  });
});

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { SidecarFrame } from "../../schema/wire/sidecar.ts";
import { issueSidecarToken, sidecarKey } from "../auth/sidecar-token.ts";
import { VenueRefusal, VenueSilence } from "../brokers/request/venue-reply.ts";
import type { VenueNews } from "../brokers/venue-news.ts";
import { SidecarLink } from "./sidecar-link.ts";

const KEY = sidecarKey("a secret of the tests that is long enough");
const WHO = { accountId: "acc_1", ownerId: "usr_1" };
const REFUSED: SidecarFrame = { type: "bye", reason: "drain" };

interface Stage {
  readonly link: SidecarLink;
  readonly heard: VenueNews[];
  /** What the account said. */
  readonly said: Record<string, unknown>[];
  now: number;
  /** Makes storing news fail. */
  fails: boolean;
  dial(changed?: Partial<{ epoch: number; tokenId: string; ownerId: string; atMs: number }>): Promise<Response>;
  connect(): Promise<WebSocket>;
  /** Waits until so many things were heard and said in all, and then until it is quiet. */
  settle(least?: number): Promise<void>;
}

/** Turns of ten milliseconds: for how many it must be quiet, and how many are waited for what has to come. */
const QUIET_TURNS = 15;
const TURNS_MAX = 1_000;

let objects = 0;

/** Works inside of an object of its own, whose sockets are the link's. */
function inObject(work: (stage: Stage) => Promise<void>): Promise<void> {
  objects += 1;
  const stub = env.SIDECAR.getByName(`link-${objects}`);
  return runInDurableObject(stub, async (instance, ctx) => {
    const heard: VenueNews[] = [];
    const said: Record<string, unknown>[] = [];
    const stage = { heard, said, now: Date.now(), fails: false } as unknown as Stage;
    const link = new SidecarLink({
      ctx,
      key: KEY,
      now: () => stage.now,
      hear: async (news) => {
        if (stage.fails) throw new Error("the disk is full");
        heard.push(...news);
      },
      changed: () => {},
    });
    Object.assign(instance, {
      webSocketMessage: (socket: WebSocket, text: string) => link.message(socket, text),
      webSocketClose: (socket: WebSocket) => link.closed(socket),
    });
    let tokens = 0;
    const dial: Stage["dial"] = async ({
      epoch = 1,
      tokenId = `jti_${tokens++}`,
      ownerId = WHO.ownerId,
      atMs,
    } = {}) => {
      const claims = { ...WHO, ownerId, epoch, tokenId, nowMs: atMs ?? stage.now };
      const token = await issueSidecarToken(KEY, "sidecar", claims);
      const headers = { Upgrade: "websocket", Authorization: `Bearer ${token}` };
      return link.open(new Request("https://account.internal/", { headers }), WHO);
    };
    const connect = async () => {
      const { webSocket } = await dial();
      if (webSocket === null || webSocket === undefined) throw new Error("no socket was opened");
      webSocket.accept();
      webSocket.addEventListener("message", ({ data }) => {
        said.push(JSON.parse(String(data)));
      });
      return webSocket;
    };
    // Messages of sockets arrive in events of their own: it is quiet once nothing has come for a while.
    const settle = async (least = 0) => {
      for (let turn = 0, quiet = 0, seen = -1; quiet < QUIET_TURNS; turn++) {
        await scheduler.wait(10);
        const now = said.length + heard.length;
        const isToCome = now < least && turn < TURNS_MAX;
        quiet = now === seen && !isToCome ? quiet + 1 : 0;
        seen = now;
      }
    };
    Object.assign(stage, { link, dial, connect, settle });
    link.nextEpoch();
    await work(stage);
    for (const socket of ctx.getWebSockets()) socket.close(1000, "");
    await settle();
  });
}

function say(socket: WebSocket, frame: object): void {
  socket.send(JSON.stringify(frame));
}

function hello(stream = "s1", last = 0): object {
  return { type: "hello", protocol: 1, stream, epoch: 1, first: 1, last };
}

function news(sequence: number): object {
  const told = [{ type: "rejected", id: "0123456789abcdefghij", code: `c${sequence}` }];
  return { type: "item", sequence, item: { kind: "news", news: told } };
}

function codes(heard: readonly VenueNews[]): string[] {
  return heard.map((each) => (each.type === "rejected" ? each.code : each.type));
}

describe("an account's line to its sidecar", () => {
  it("lets in the sidecar of the present epoch with a fresh token of its own way, once, and nobody else", () =>
    inObject(async ({ dial, link, now }) => {
      expect((await dial({ tokenId: "once" })).status).toBe(101);
      expect((await dial({ tokenId: "once" })).status).toBe(401);
      expect((await dial({ epoch: 0 })).status).toBe(409);
      expect((await dial({ epoch: 2 })).status).toBe(409);
      expect((await dial({ ownerId: "usr_2" })).status).toBe(401);
      expect((await dial({ atMs: now - 120_000 })).status).toBe(401);
      expect((await dial({ atMs: now + 120_000 })).status).toBe(401);
      const ours = await issueSidecarToken(KEY, "account", { ...WHO, epoch: 1, tokenId: "x", nowMs: now });
      for (const headers of [{}, { Authorization: `Bearer ${ours}` }, { Authorization: "Bearer a.b.c" }] as Record<
        string,
        string
      >[]) {
        expect((await link.open(new Request("https://account.internal/", { headers }), WHO)).status).toBe(401);
      }
    }));

  it("stores each frame once and in order before it says so, whatever is told twice", () =>
    inObject(async ({ connect, heard, said, settle }) => {
      const socket = await connect();
      say(socket, hello());
      for (const sequence of [1, 2, 2, 1, 3]) say(socket, news(sequence));
      await settle(10);
      expect(codes(heard)).toEqual(["gap", "c1", "c2", "c3"]);
      expect(said.map(({ type, sequence, taken }) => [type, sequence ?? taken])).toEqual([
        ["welcome", 0],
        ...[1, 2, 2, 2, 3].map((sequence) => ["ack", sequence]),
      ]);
    }));

  it("goes on where it was when the same stream comes back, and begins anew with another", () =>
    inObject(async ({ connect, heard, said, settle }) => {
      const first = await connect();
      say(first, hello("s1"));
      say(first, news(1));
      say(first, news(2));
      await settle();
      const second = await connect();
      say(second, hello("s1", 2));
      await settle();
      const third = await connect();
      say(third, hello("s2"));
      say(third, news(1));
      await settle();
      expect(said.filter(({ type }) => type === "welcome").map(({ taken }) => taken)).toEqual([0, 2, 0]);
      expect(codes(heard)).toEqual(["gap", "c1", "c2", "gap", "c1"]);
    }));

  it("hangs up without a word of thanks where news could not be stored, so that they are told again", () =>
    inObject(async (stage) => {
      const socket = await stage.connect();
      say(socket, hello());
      await stage.settle();
      stage.fails = true;
      say(socket, news(1));
      await stage.settle();
      expect(stage.link.connection().up).toBe(false);
      stage.fails = false;
      const again = await stage.connect();
      say(again, hello("s1", 1));
      await stage.settle();
      say(again, news(1));
      await stage.settle();
      expect(stage.said.filter(({ type }) => type === "ack")).toEqual([{ type: "ack", sequence: 1 }]);
      expect(codes(stage.heard)).toEqual(["gap", "c1"]);
    }));

  it("hangs up on frames that are early, unreadable or out of turn", () =>
    inObject(async ({ connect, link, settle, heard }) => {
      const wrong = [
        [hello(), news(2)],
        [news(1)],
        [hello(), hello()],
        ["?"],
        [hello(), { type: "gap", from: 3, to: 4 }],
      ];
      for (const frames of wrong) {
        const socket = await connect();
        for (const frame of frames) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
        await settle();
        expect(link.connection().up).toBe(false);
      }
      expect(codes(heard).every((code) => code === "gap")).toBe(true);
    }));

  it("counts a sidecar that is silent for ten seconds as gone, and says how its venue stands until then", () =>
    inObject(async (stage) => {
      const { link } = stage;
      const socket = await stage.connect();
      say(socket, hello());
      say(socket, { type: "item", sequence: 1, item: { kind: "state", state: "ready", reason: "", at: 5 } });
      await stage.settle();
      expect(link.connection()).toMatchObject({ up: true, venue: "ready" });
      expect(link.nextCheckAt()).toBe(stage.now + 14_000);
      stage.now += 10_500;
      expect(link.connection()).toMatchObject({ up: false, venue: "down" });
      link.check();
      await stage.settle();
      expect(link.nextCheckAt()).toBeUndefined();
    }));

  it("is looked after a few times a minute, and still notices a silence within fifteen seconds, whenever it begins", () =>
    inObject(async (stage) => {
      const { link } = stage;
      const begin = stage.now;
      for (let silentAt = 0; silentAt < 60_000; silentAt += 3_700) {
        stage.now = begin;
        const socket = await stage.connect();
        say(socket, hello());
        await stage.settle();
        let looks = 0;
        // A frame each three seconds, as the beats are, until it falls silent; the object wakes when it asked to.
        for (let beat = begin; link.connection().up; ) {
          const wakeAt = link.nextCheckAt() ?? stage.now;
          for (; beat + 3_000 <= Math.min(wakeAt, begin + silentAt); beat += 3_000) {
            stage.now = beat + 3_000;
            await link.message(socket, JSON.stringify({ type: "gap", from: 1, to: 0 }));
          }
          stage.now = wakeAt;
          looks += 1;
          link.check();
        }
        expect(stage.now - begin - silentAt).toBeLessThanOrEqual(15_000);
        expect(looks).toBeLessThanOrEqual(Math.ceil((silentAt + 15_000) / 11_000));
        await stage.settle();
      }
    }));

  it("sends every sidecar of an earlier epoch away", () =>
    inObject(async ({ connect, link, settle, dial }) => {
      const socket = await connect();
      say(socket, hello());
      await settle();
      expect(link.nextEpoch()).toBe(2);
      await settle();
      expect(link.connection().up).toBe(false);
      expect((await dial()).status).toBe(409);
      expect((await dial({ epoch: 2 })).status).toBe(101);
    }));

  it("asks the venue through the sidecar, and ends each request by an answer, a refusal or its time", () =>
    inObject(async ({ connect, link, settle, said }) => {
      expect(() => link.ask("time.get", {}, 1_000)).toThrow(VenueSilence);
      const socket = await connect();
      say(socket, hello());
      await settle();
      const asked = [
        link.ask("a", {}, 1_000),
        link.ask("b", {}, 1_000),
        link.ask("c", {}, 30),
        link.ask("d", {}, 1_000),
      ];
      const ends = Promise.allSettled(asked);
      await settle();
      const [a, b] = said.filter(({ type }) => type === "ask").map(({ id }) => id);
      say(socket, { type: "answer", id: b, ok: false, code: "NO_MONEY", message: "no", isSent: true });
      say(socket, { type: "answer", id: a, ok: true, value: { at: "1" } });
      await scheduler.wait(60);
      say(socket, REFUSED);
      const [first, second, third, fourth] = await ends;
      expect(first).toEqual({ status: "fulfilled", value: { at: "1" } });
      expect(second).toMatchObject({ reason: expect.any(VenueRefusal) });
      expect(third).toMatchObject({ reason: { isSent: true, message: "the venue must answer within 30 ms" } });
      expect(fourth).toMatchObject({ reason: { isSent: true, message: "the sidecar went away" } });
    }));
});

import { describe, expect, it } from "vitest";
import { SIDECAR_FRAME_CHARACTERS_MAX, SIDECAR_PING, SIDECAR_PONG } from "../schema/wire/sidecar.ts";
import { type LinkMemory, NO_LINK, takeFrame } from "../workers/account/link-machine.ts";
import { VenueSilence } from "../workers/brokers/request/venue-reply.ts";
import type { VenueNews } from "../workers/brokers/venue-news.ts";
import type { ClientOrderId } from "../workers/core/order/order-id.ts";
import { seededRandom } from "../workers/core/testing/random-candles.ts";
import { BEATS } from "./account-line.ts";
import { Hold, RING_BOUNDS } from "./hold.ts";
import type { RingBounds } from "./item-ring.ts";
import { ManualTimers } from "./testing/manual-timers.ts";
import { testConnect, type WireEnd } from "./testing/wire.ts";
import type { VenueListener, VenueSide } from "./venue-line.ts";

/** The account's end, with storage that survives its own crashes. */
class Account {
  stored: LinkMemory = { ...NO_LINK, epoch: 1 };
  /** Codes of the rejections that were heard, in their order; gaps as "gap". */
  heard: string[] = [];
  line: WireEnd | undefined;
  answersPings = true;
  /** Frames that are acknowledged before the account crashes. */
  private readonly random: () => number;
  private readonly crashOdds: number;

  constructor(random: () => number = () => 1, crashOdds = 0) {
    this.random = random;
    this.crashOdds = crashOdds;
  }

  take(line: WireEnd): void {
    this.line = line;
    let greeted = false;
    line.heard = (text) => {
      if (text === SIDECAR_PING) {
        if (this.answersPings) line.say(SIDECAR_PONG);
        return;
      }
      const step = takeFrame(this.stored, text, { greeted });
      this.stored = step.memory;
      for (const news of step.news) this.heard.push(news.type === "rejected" ? news.code : news.type);
      // Stored and not acknowledged: the same is told again.
      if (this.random() < this.crashOdds) return line.cut("the account crashed");
      for (const frame of step.send) {
        if (frame.type === "welcome") greeted = true;
        line.say(JSON.stringify(frame));
      }
      if (step.close !== undefined) line.cut(step.close.reason);
    };
    line.open();
  }
}

function rejected(code: string): VenueNews {
  return { type: "rejected", id: "0123456789abcdefghij" as ClientOrderId, code };
}

interface Stage {
  readonly timers: ManualTimers;
  readonly lines: WireEnd[];
  readonly venue: VenueListener;
  readonly hold: Hold;
}

function stage(
  account: Account,
  given: { bounds?: RingBounds; ask?: VenueSide["ask"]; timers?: ManualTimers; take?: (line: WireEnd) => void } = {},
): Stage {
  const timers = given.timers ?? new ManualTimers();
  const lines: WireEnd[] = [];
  let listener: VenueListener | undefined;
  const hold = new Hold(
    {
      accountId: "acc_1",
      ownerId: "usr_1",
      request: {
        ...{ venue: "TEST", environment: "live", credentials: {}, instruments: [], epoch: 1 },
        callback: "wss://worker.example/sidecar/v1/accounts/acc_1",
      },
    },
    {
      connect: testConnect((line) => {
        lines.push(line);
        if (given.take === undefined) account.take(line);
        else given.take(line);
      }),
      timers,
      beats: BEATS,
      bounds: given.bounds ?? RING_BOUNDS,
      newId: () => `stream-${timers.now()}`,
      token: async () => "token",
      venueSide: (_asked, told) => {
        listener = told;
        return { start() {}, end() {}, ...(given.ask === undefined ? {} : { ask: given.ask }) };
      },
    },
    () => {},
  );
  hold.start();
  if (listener === undefined) throw new Error("the venue's side was not made");
  return { timers, lines, venue: listener, hold };
}

describe("a hold", () => {
  it("tells the account everything once and in its order, whatever breaks on the way", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const account = new Account(random, 0.1);
      const { timers, venue, hold } = stage(account, { timers: new ManualTimers(1_800_000_000_000, random) });
      const told: string[] = [];
      for (let news = 0; news < 120; news++) {
        told.push(`c${news}`);
        venue.news([rejected(`c${news}`)]);
        if (random() < 0.1) account.line?.cut();
        if (random() < 0.3) await timers.pass(random() * 4_000);
      }
      await timers.pass(120_000);
      expect({ seed, heard: account.heard.filter((code) => code !== "gap") }).toEqual({ seed, heard: told });
      // One gap: the stream was new to the account.
      expect(account.heard.filter((code) => code === "gap")).toHaveLength(1);
      expect(hold.waiting).toBe(0);
    }
  });

  it("says so where more came than is kept, and goes on with what is kept", async () => {
    const account = new Account();
    const waiting: WireEnd[] = [];
    const { timers, venue } = stage(account, {
      bounds: { itemsMax: 10, charactersMax: 100_000 },
      take: (line) => waiting.push(line),
    });
    await timers.pass(10);
    for (let news = 0; news < 50; news++) venue.news([rejected(`c${news}`)]);
    for (const line of waiting) account.take(line);
    await timers.pass(10);
    expect(account.heard).toEqual(["gap", "gap", ...Array.from({ length: 10 }, (_, index) => `c${40 + index}`)]);
  });

  it("bounds what it keeps by size as well as by number", async () => {
    const account = new Account();
    const { timers, venue, hold } = stage(account, {
      bounds: { itemsMax: 1_000, charactersMax: 5_000 },
      take: () => {},
    });
    await timers.pass(10);
    for (let news = 0; news < 500; news++) venue.news([rejected("x".repeat(400))]);
    expect(hold.waiting).toBeLessThan(12);
  });

  it("leaves an account that is silent for ten seconds within fifteen, and tells it all when it is back", async () => {
    const account = new Account();
    const { timers, lines, venue } = stage(account);
    await timers.pass(1_000);
    expect(lines).toHaveLength(1);
    const [first] = lines;
    if (first === undefined) throw new Error("the account was not dialled");
    first.isBlackHole = true;
    venue.news([rejected("lost on the way")]);
    await timers.pass(15_000);
    expect(lines.length).toBeGreaterThan(1);
    expect(account.heard).toContain("lost on the way");
  });

  it("keeps beating, so that an account that has nothing to hear knows that it is there", async () => {
    const { timers, lines } = stage(new Account());
    await timers.pass(60_000);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.got.filter((text) => text === SIDECAR_PING).length).toBeGreaterThanOrEqual(19);
  });

  it("lets a venue that keeps its news let them go only once the account has stored them", async () => {
    const account = new Account();
    const waiting: WireEnd[] = [];
    const { timers, venue } = stage(account, { take: (line) => waiting.push(line) });
    let letGo = 0;
    venue.news([rejected("a"), rejected("b")], () => {
      letGo += 1;
    });
    await timers.pass(100);
    expect(letGo).toBe(0);
    for (const line of waiting) account.take(line);
    await timers.pass(100);
    expect([account.heard, letGo]).toEqual([["gap", "a", "b"], 1]);
  });

  it("answers each request of the account's by its number, and says whether the venue may have got it", async () => {
    const account = new Account();
    const { timers, lines } = stage(account, {
      ask: async (method) => {
        if (method === "silent") throw new VenueSilence("nobody there", { isSent: false });
        return { method };
      },
    });
    await timers.pass(100);
    const [line] = lines;
    for (const [id, method] of ["time.get", "silent"].entries()) {
      line?.say(JSON.stringify({ type: "ask", id, leftMs: 1_000, method, params: {} }));
    }
    await timers.pass(100);
    const answers = line?.got
      .map((text) => text !== SIDECAR_PING && JSON.parse(text))
      .filter((frame) => frame.type === "answer");
    expect(answers).toEqual([
      { type: "answer", id: 0, ok: true, value: { method: "time.get" } },
      { type: "answer", id: 1, ok: false, code: "SILENCE", message: "nobody there", isSent: false },
    ]);
  });

  it("fails the one request whose answer is longer than a frame may be, and the line stays", async () => {
    const account = new Account();
    const { timers, lines, venue } = stage(account, { ask: async () => "x".repeat(SIDECAR_FRAME_CHARACTERS_MAX) });
    await timers.pass(100);
    lines[0]?.say(JSON.stringify({ type: "ask", id: 7, leftMs: 1_000, method: "bars.get", params: {} }));
    await timers.pass(100);
    const answer = JSON.parse(lines[0]?.got.findLast((text) => text.includes('"answer"')) ?? "{}");
    expect(answer).toMatchObject({ id: 7, ok: false, code: "FAILED", isSent: true });
    expect(answer.message).toMatch(/must have at most 262144 characters, had 2621\d\d/);
    venue.news([rejected("after")]);
    await timers.pass(100);
    expect([account.heard, lines.length]).toEqual([["gap", "after"], 1]);
  });

  it("is not hung up on by its account for an answer that is too long to be read: that request fails", () => {
    const long = JSON.stringify({ type: "answer", id: 7, ok: true, value: "x".repeat(SIDECAR_FRAME_CHARACTERS_MAX) });
    const step = takeFrame(NO_LINK, long, { greeted: true });
    expect(step.close).toBeUndefined();
    expect(step.answer).toMatchObject({ id: 7, ok: false, code: "FAILED", isSent: true });
    expect(takeFrame(NO_LINK, "x".repeat(SIDECAR_FRAME_CHARACTERS_MAX + 1), { greeted: true }).close).toBeDefined();
  });

  it("waits longer and longer for an account that does not answer, never beyond its limit", async () => {
    const dialled: number[] = [];
    const timers = new ManualTimers();
    stage(new Account(), {
      timers,
      take: (line) => {
        dialled.push(timers.now());
        line.cut("refused");
      },
    });
    await timers.pass(300_000);
    const waits = dialled.slice(1).map((at, index) => at - (dialled[index] ?? 0));
    expect(waits.slice(0, 3)).toEqual([375, 750, 1_500]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
  });

  it("hangs up on whoever says what no account says, and dials anew", async () => {
    for (const text of [
      "",
      "{",
      "[]",
      '{"type":"ack","sequence":99}',
      '{"type":"ack","sequence":-1}',
      "x".repeat(300_000),
    ]) {
      const { timers, lines } = stage(new Account());
      await timers.pass(100);
      lines[0]?.say(text);
      await timers.pass(2_000);
      expect(lines.length).toBe(2);
    }
  });
});

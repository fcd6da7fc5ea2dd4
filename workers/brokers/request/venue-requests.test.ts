import { describe, expect, it } from "vitest";
import { RateBudget } from "./rate-budget.ts";
import { VenueClock } from "./venue-clock.ts";
import { type VenueRequest, VenueSilence } from "./venue-reply.ts";
import { type RequestParts, venueRequests } from "./venue-requests.ts";

const REQUEST: VenueRequest = {
  method: "GET",
  url: "https://venue.test/a?key=secret",
  headers: {},
  kind: "query",
  weight: 1,
};

/** A venue that answers as told, with a deadline that a test lets pass. */
function stage(fetch: RequestParts["fetch"]) {
  const clock = { now: 1_700_000_000_000 };
  let late: (() => void) | undefined;
  const sent: { url: string; init: RequestInit }[] = [];
  const requests = venueRequests({
    fetch: (url, init) => {
      sent.push({ url, init });
      return fetch(url, init);
    },
    budget: new RateBudget([]),
    rateNews: () => ({}),
    now: () => clock.now,
    after: (_, act) => {
      late = act;
      return () => undefined;
    },
  });
  return { requests, clock, sent, passDeadline: () => late?.() };
}

async function failure(work: Promise<unknown>): Promise<VenueSilence> {
  try {
    await work;
  } catch (error) {
    if (error instanceof VenueSilence) return error;
    throw error;
  }
  throw new Error("it must fail, did not");
}

describe("requests to a venue", () => {
  it("answer with status, headers and body, and follow no redirect", async () => {
    const { requests, sent } = stage(async () => new Response("body", { status: 404, headers: { a: "b" } }));
    const reply = await requests.send(REQUEST);
    expect([reply.status, reply.body, reply.headers.get("a")]).toEqual([404, "body", "b"]);
    expect(sent[0].init.redirect).toBe("manual");
  });

  it.each([301, 302, 307, 308])("count a redirect with %i as no answer", async (status) => {
    const { requests } = stage(async () => new Response(null, { status, headers: { location: "https://evil.test" } }));
    expect((await failure(requests.send(REQUEST))).isSent).toBe(true);
  });

  it("F14: have one deadline for all of a reply, also where its body never ends", async () => {
    const hanging = stage(() => new Promise(() => undefined));
    const first = failure(hanging.requests.send(REQUEST));
    await Promise.resolve();
    hanging.passDeadline();
    expect((await first).isSent).toBe(true);
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) });
    const dripping = stage(async () => new Response(body));
    const second = failure(dripping.requests.send(REQUEST));
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    dripping.passDeadline();
    expect((await second).message).toContain("within");
  });

  it("read no more of a body than its cap", async () => {
    let pulled = 0;
    const body = () =>
      new ReadableStream({
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(1_000).fill(97));
        },
      });
    const { requests } = stage(async () => new Response(body()));
    expect((await failure(requests.send({ ...REQUEST, bytesMax: 5_000 }))).message).toContain("at most 5000 bytes");
    expect(pulled).toBeLessThan(20);
    const announced = stage(async () => new Response("x", { headers: { "content-length": "999999999" } }));
    expect((await failure(announced.requests.send(REQUEST))).message).toContain("bytes");
  });

  it("count bytes that are no text as no answer", async () => {
    const { requests } = stage(async () => new Response(new Uint8Array([0xff, 0xfe, 0xfd])));
    expect((await failure(requests.send(REQUEST))).isSent).toBe(true);
  });

  it("say nothing of address or key when they fail", async () => {
    const { requests } = stage(async (url) => {
      throw new TypeError(`cannot reach ${url}`);
    });
    expect((await failure(requests.send(REQUEST))).message).not.toContain("secret");
  });

  it("F13: stop while the venue is down, try again with one request, and let cancels through", async () => {
    let isDown = true;
    const { requests, clock, sent } = stage(async () => new Response("", { status: isDown ? 503 : 200 }));
    for (let tries = 0; tries < 5; tries++) await requests.send(REQUEST);
    const kept = await failure(requests.send(REQUEST));
    expect([kept.isSent, kept.retryAt]).toEqual([false, clock.now + 2_000]);
    await requests.send({ ...REQUEST, kind: "cancel" });
    expect(sent).toHaveLength(6);
    clock.now += 2_000;
    // The trial fails: twice as long.
    await requests.send(REQUEST);
    expect((await failure(requests.send(REQUEST))).retryAt).toBe(clock.now + 4_000);
    clock.now += 4_000;
    isDown = false;
    await requests.send(REQUEST);
    await requests.send(REQUEST);
    expect(sent).toHaveLength(9);
  });

  it("F13: send one trial at a time", async () => {
    let answer: (reply: Response) => void = () => undefined;
    let isDown = true;
    const { requests, clock } = stage(() =>
      isDown ? Promise.reject(new Error("down")) : new Promise<Response>((resolve) => (answer = resolve)),
    );
    for (let tries = 0; tries < 5; tries++) await failure(requests.send(REQUEST));
    clock.now += 2_000;
    isDown = false;
    const trial = requests.send(REQUEST);
    expect((await failure(requests.send(REQUEST))).isSent).toBe(false);
    answer(new Response("ok"));
    expect((await trial).body).toBe("ok");
  });
});

describe("a venue's clock", () => {
  it("F31: is taken from the sample with the shortest way, of a few", () => {
    const clock = new VenueClock();
    expect(clock.offset()).toBeUndefined();
    clock.hear({ sentAt: 1_000, heardAt: 3_000, venueAt: 12_500 });
    clock.hear({ sentAt: 4_000, heardAt: 4_100, venueAt: 14_050 });
    clock.hear({ sentAt: 5_000, heardAt: 6_000, venueAt: 15_900 });
    expect(clock.offset()).toEqual({ offsetMs: 10_000, errorMs: 50 });
    for (let later = 0; later < 5; later++) {
      clock.hear({ sentAt: 7_000, heardAt: 7_200, venueAt: 7_100 });
    }
    expect(clock.offset()).toEqual({ offsetMs: 0, errorMs: 100 });
  });

  it("takes no sample that cannot be", () => {
    const clock = new VenueClock();
    clock.hear({ sentAt: 10, heardAt: 5, venueAt: 7 });
    clock.hear({ sentAt: 10, heardAt: 20, venueAt: Number.NaN });
    expect(clock.offset()).toBeUndefined();
  });
});

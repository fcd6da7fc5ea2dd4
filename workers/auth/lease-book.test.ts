import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LeaseBook } from "./lease-book.ts";
import { type Lease, type LeaseAsk, leaseBlock, type Window } from "./throttle-count.ts";

const RULE = { count: 100, windowMs: 10_000 };

/** An object that several isolates lease from, and how often it was asked. */
function newObject() {
  let window: Window | undefined;
  const counter = { calls: 0 };
  const ask = async (_name: string, asked: LeaseAsk): Promise<Lease> => {
    counter.calls += 1;
    const [lease, next] = leaseBlock(window, asked);
    window = next;
    return lease;
  };
  return { counter, ask };
}

async function allowedOf(book: LeaseBook, requests: number, nowMs = 0): Promise<number> {
  const spendings = await Promise.all(Array.from({ length: requests }, () => book.spend("x", RULE, nowMs)));
  return spendings.filter(({ allowed }) => allowed).length;
}

describe("a book of leases", () => {
  it("S59 lets through exactly what the rule allows, of requests at once and of one after the other", async () => {
    expect(await allowedOf(new LeaseBook(newObject().ask), 2_000)).toBe(100);
    const book = new LeaseBook(newObject().ask);
    let allowed = 0;
    for (let request = 0; request < 300; request++) allowed += await allowedOf(book, 1);
    expect(allowed).toBe(100);
  });

  it("S59 never lets through more than the rule allows, over however many isolates requests are spread", async () => {
    const isolates = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(isolates, async (loads) => {
        const { ask } = newObject();
        const counts = await Promise.all(loads.map((requests) => allowedOf(new LeaseBook(ask), requests)));
        const allowed = counts.reduce((sum, count) => sum + count, 0);
        const asked = loads.reduce((sum, count) => sum + count, 0);
        expect(allowed).toBeLessThanOrEqual(100);
        // What is lost is what other isolates still hold: no more than they used.
        expect(allowed).toBeGreaterThanOrEqual(Math.min(50, asked));
        if (loads.length === 1) expect(allowed).toBe(Math.min(100, asked));
      }),
    );
  });

  it("asks the object far less often than once for each request, and not at all when nothing is left", async () => {
    const { counter, ask } = newObject();
    const book = new LeaseBook(ask);
    for (let request = 0; request < 50; request++) await book.spend("x", RULE, 0);
    expect(counter.calls).toBeLessThan(10);
    for (let request = 0; request < 50; request++) await book.spend("x", RULE, 0);
    const calls = counter.calls;
    for (let request = 0; request < 1_000; request++) await book.spend("x", RULE, 9_999);
    expect(counter.calls).toBe(calls);
    expect(await book.spend("x", RULE, 10_000)).toMatchObject({ allowed: true, left: 99, endsAt: 20_000 });
  });

  it("keeps no more names than it has room for", async () => {
    const { counter, ask } = newObject();
    const book = new LeaseBook(ask);
    for (let name = 0; name < 20_001; name++) await book.spend(`name ${name}`, { ...RULE, count: 1e9 }, 0);
    const calls = counter.calls;
    await book.spend("name 0", { ...RULE, count: 1e9 }, 0);
    expect(counter.calls).toBe(calls + 1);
  });
});

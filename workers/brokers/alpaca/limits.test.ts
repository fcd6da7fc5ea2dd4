import { describe, expect, it } from "vitest";
import { alpacaRateNews } from "./limits.ts";

const NOW = 1_700_000_000_000;

function news(status: number, headers: Record<string, string>) {
  return alpacaRateNews({ status, headers: new Headers(headers) }, NOW);
}

describe("the rate of Alpaca", () => {
  it("is what its headers say", () => {
    const headers = { "x-ratelimit-limit": "1000", "x-ratelimit-remaining": "990", "x-ratelimit-reset": "1700000030" };
    expect(news(200, headers)).toEqual({ capacity: { minute: 1_000 }, used: { minute: 10 } });
  });

  it("F12: pauses until the venue's window ends, and not for ever", () => {
    const until = (reset: string) => news(429, { "x-ratelimit-reset": reset }).pausedUntil;
    expect(until("1700000030")).toBe(NOW + 30_000);
    expect(until("9999999999")).toBe(NOW + 120_000);
    // A window that is over by our clock, and none at all.
    expect([until("1600000000"), until("soon")]).toEqual([NOW + 10_000, NOW + 10_000]);
    expect(news(429, { "retry-after": "3" }).pausedUntil).toBe(NOW + 3_000);
    const spent = { "x-ratelimit-limit": "200", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000005" };
    expect(news(200, spent).pausedUntil).toBe(NOW + 5_000);
  });

  it("says nothing where its headers are none", () => {
    expect(news(200, { "x-ratelimit-limit": "-1", "x-ratelimit-remaining": "NaN" })).toEqual({});
    expect(news(200, { "x-ratelimit-limit": "0", "x-ratelimit-remaining": "5" })).toMatchObject({
      used: { minute: 0 },
    });
  });
});

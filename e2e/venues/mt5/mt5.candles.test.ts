import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SIDECAR_FRAME_CHARACTERS_MAX } from "../../../schema/wire/sidecar.ts";
import { serverTimeOfUtc } from "../../../workers/brokers/mt5/candles.ts";
import { BRIDGE_BARS_MAX } from "../../../workers/brokers/mt5/limits.ts";
import { readJson } from "../../../workers/brokers/request/read-json.ts";
import { MINUTE_MS } from "../../../workers/core/candle/timeframe.ts";
import { Mt5Emulator } from "./mt5-emulator.ts";

const NOW = Date.UTC(2026, 0, 15, 12);

/** What the sidecar makes of a terminal's answer: every number as the text in which it was written. */
const frameOf = (body: string) => JSON.stringify({ type: "answer", id: NOW, ok: true, value: readJson(body) });

it("an answer of as many candles as are asked for fits a frame of the sidecar's, however many digits prices have", () => {
  const bar = `[1768478400,${Array(4).fill("12345678.123456789").join(",")},99999999999999]`;
  const body = `{"bars":[${Array(BRIDGE_BARS_MAX).fill(bar).join(",")}],"more":true}`;
  expect(frameOf(body).length).toBeLessThanOrEqual(0.9 * SIDECAR_FRAME_CHARACTERS_MAX);
});

it("a terminal tells no more candles at once than that, whatever it is asked for, and says that there are more", () => {
  const venue = new Mt5Emulator({ now: () => NOW, random: () => 0.5, after: () => undefined });
  const wall = (time: number) => serverTimeOfUtc(time, { rule: "new-york-close" }) / 1_000;
  const asked = { symbol: "BTCUSD", timeframe: "1m", from_s: wall(NOW - 9_000 * MINUTE_MS), to_s: wall(NOW) };
  const request = { method: "POST", path: "/mtb/bars.get", rawQuery: "", headers: {} };
  const { body } = venue.handle({ ...request, body: JSON.stringify({ ...asked, limit: 9_000 }) });
  const { r } = JSON.parse(body) as { r: { bars: unknown[]; more: boolean } };
  expect([r.bars.length, r.more]).toEqual([BRIDGE_BARS_MAX, true]);
  expect(frameOf(JSON.stringify(r)).length).toBeLessThan(SIDECAR_FRAME_CHARACTERS_MAX);
});

it("the Expert Advisor and the protocol's document name the same number of candles", () => {
  const advisor = readFileSync("sidecar/mt5/ApexTrade/Answers.mqh", "utf8");
  expect(advisor).toContain(`#define BARS_MAX ${BRIDGE_BARS_MAX}\n`);
  const protocol = readFileSync("docs/venues/mt5-bridge.md", "utf8");
  expect(protocol).toContain(`at most ${BRIDGE_BARS_MAX.toLocaleString("en")} bars`);
  expect(protocol).toContain(`at most ${SIDECAR_FRAME_CHARACTERS_MAX.toLocaleString("en")} characters`);
});

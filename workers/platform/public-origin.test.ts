import { expect, it } from "vitest";
import { publicOriginOf } from "./public-origin.ts";

it("takes origins as browsers write them, and none where none is set", () => {
  expect(publicOriginOf("https://trade.example.org")).toBe("https://trade.example.org");
  expect(publicOriginOf("http://localhost:8787")).toBe("http://localhost:8787");
  expect([publicOriginOf(""), publicOriginOf(undefined)]).toEqual([undefined, undefined]);
});

it.each([
  "https://trade.example.org/",
  "https://trade.example.org/app",
  "https://Trade.example.org",
  "http://trade.example.org",
  "trade.example.org",
  "javascript:alert(1)",
])("does not let a deployment start whose letters would lead to %s", (text) => {
  expect(() => publicOriginOf(text)).toThrow(/^PUBLIC_ORIGIN must be an https origin/);
});

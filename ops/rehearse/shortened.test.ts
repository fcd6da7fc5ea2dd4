import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rehearsedConfiguration, shortenedRules } from "./shortened.ts";

const rules = readFileSync("ops/prometheus/rules/apextrade.yml", "utf8");

describe("the rules of a rehearsal", () => {
  it("differ from the real ones in windows and delays alone", () => {
    const bare = (text: string) => text.replace(/\[\w+\]/g, "[]").replace(/^(\s+for:) \S+$/gm, "$1");
    expect(bare(shortenedRules(rules))).toBe(bare(rules));
    expect(shortenedRules(rules)).not.toMatch(/\[\d+m\]|for: \d+[mh]/);
  });
});

describe("the configuration of a rehearsal", () => {
  it("is the real one with another deployment in its place", () => {
    const real = readFileSync("ops/prometheus/prometheus.yml", "utf8");
    const parts = {
      target: "127.0.0.1:1",
      tokenFile: "/t",
      certificate: "https://127.0.0.1:2/",
      exporter: "127.0.0.1:3",
    };
    const text = rehearsedConfiguration(real, parts);
    expect(text).not.toMatch(/example\.org|alertmanager|blackbox/);
    for (const part of Object.values(parts)) expect(text).toContain(part);
    expect(() => rehearsedConfiguration(text, parts)).toThrow(/prometheus\.yml has nothing/);
  });
});

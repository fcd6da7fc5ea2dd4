import { readFileSync } from "node:fs";
import peggy from "peggy";
import { expect, it } from "vitest";

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

it("the committed parser is the one that the grammar makes", () => {
  const { dts: _dts, ...options } = JSON.parse(read("grammar.config.json"));
  const made = peggy.generate(read("grammar.peggy"), { ...options, output: "source" });
  expect(read("grammar.js").trim()).toBe(String(made).trim());
});

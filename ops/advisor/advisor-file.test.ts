import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { advisorSource } from "./advisor-file.ts";

const FOLDER = "sidecar/mt5/ApexTrade";

describe("the Expert Advisor that is downloaded", () => {
  const source = advisorSource((path) => readFileSync(path, "utf8"));

  it("is one file that asks for no other", () => {
    expect(source).not.toContain("#include");
    expect(source.match(/#property strict/g)).toHaveLength(1);
    expect(source).toContain("int OnInit()");
  });

  it("holds each of its parts once, before what needs it", () => {
    for (const name of readdirSync(FOLDER)) {
      const lines = readFileSync(`${FOLDER}/${name}`, "utf8").split("\n");
      const title = lines[1] ?? "";
      expect(source.split(title), `${name} by ${title}`).toHaveLength(2);
    }
    const places = ["class JsonReader", "class Trading", "class Answers", "class Wire", "int OnInit()"].map((text) =>
      source.indexOf(text),
    );
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(source.indexOf("class JsonReader")).toBeLessThan(source.indexOf("class Trading"));
    expect(source.indexOf("class Trading")).toBeLessThan(source.indexOf("class Answers"));
    expect(source.indexOf("class Answers")).toBeLessThan(source.indexOf("int OnInit()"));
  });
});

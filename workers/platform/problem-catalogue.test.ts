import { expect, it } from "vitest";
import { nodeModule } from "../testing/node-module.ts";
import { PROBLEMS } from "./problem-catalogue.ts";

interface Files {
  readdirSync(path: string, options: { recursive: true }): string[];
  readFileSync(path: string, encoding: string): string;
}

const { readdirSync, readFileSync } = await nodeModule<Files>("node:fs");

/** Code of the Worker that answers problems, tests and the catalogue itself apart. */
function sources(): string {
  const files = readdirSync("workers", { recursive: true }).filter(
    (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|problem-catalogue/.test(path),
  );
  return files.map((path) => readFileSync(`workers/${path}`, "utf8")).join("\n");
}

it("explains no problem that nothing answers", () => {
  const text = sources();
  const unused = Object.keys(PROBLEMS).filter((code) => {
    const imported = code.startsWith("import_") ? code.slice("import_".length).replaceAll("_", "-") : code;
    return !text.includes(`"${imported}"`);
  });
  expect(unused).toEqual([]);
});

it("says of each in whole sentences what it means and what to do", () => {
  for (const [code, { means, remedy }] of Object.entries(PROBLEMS)) {
    for (const words of [means, remedy]) expect(words, code).toMatch(/^[A-Z`].{10,}\.$/);
  }
});

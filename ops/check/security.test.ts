import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCsv } from "./comma-separated.ts";
import { ITEMS_DOCUMENT, itemFindings } from "./security-items.ts";
import { projectFiles, REQUIRED, STANDARD_TABLE, standardFindings } from "./security-standard.ts";
import { testTitles } from "./test-titles.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");
const files = projectFiles(ROOT);
const table = read(STANDARD_TABLE);
const document = read(ITEMS_DOCUMENT);

describe("the table of the standard", () => {
  test("has 70 requirements of level 1 and 183 of level 2, each with evidence that is there", () => {
    const levels = [...REQUIRED.values()];
    expect([levels.filter((level) => level === "1").length, levels.length]).toEqual([70, 253]);
    expect(parseCsv(table)).toHaveLength(254);
    expect(standardFindings(table, files)).toEqual([]);
  });

  const [header, first, ...others] = table.trimEnd().split("\n");
  const [id, level] = first.split(",");
  const changed = (row: string) => standardFindings([header, row, ...others].join("\n"), files).join("\n");
  test.each([
    ["an empty cell", `${id},${level},topic,reason,`, "none of them empty"],
    ["a cell too many", `${id},${level},a,reason,b,c`, "five cells"],
    ["a row that is not there", others[0], `${id}: is missing`],
    ["a row that is there twice", others[0], "stands there twice"],
    ["a requirement of level 3", `V1.2.10,${level},topic,reason,A sentence that says why.`, "no requirement"],
    ["another level", `${id},1,topic,reason,A sentence that says why.`, "is of level 2, was 1"],
    ["an unknown status", `${id},${level},topic,done,A sentence that says why.`, "the status must be"],
    ["a reason that is none", `${id},${level},topic,reason,n/a`, "must be a sentence"],
    ["evidence that names no file", `${id},${level},topic,test,everywhere`, "a file, a colon"],
    [
      "a test that does not exist",
      `${id},${level},topic,test,web/none.test.ts: S01`,
      "web/none.test.ts does not exist",
    ],
    ["a test that promises something else", `${id},${level},topic,test,ops/check/rules.test.ts: S01`, 'says "S01"'],
    ["a test that is none", `${id},${level},topic,test,ops/check/rules.ts: S44`, "is not a test"],
    [
      "a setting whose file does not exist",
      `${id},${level},topic,setting,none.toml: all of it`,
      "none.toml does not exist",
    ],
  ])("is refused with %s", (_what, row, message) => {
    expect(changed(row)).toContain(message);
  });

  test("is refused with other columns", () => {
    expect(standardFindings(table.replace("topic", "text"), files).join()).toContain("the columns must be");
  });
});

describe("the table of the design's items", () => {
  const tests = [...document.matchAll(/\]\(\.\.\/([^)]+\.test\.ts)\)/g)].map((link) => link[1]);
  const changed = (from: string | RegExp, to: string) =>
    itemFindings(document.replace(from, to), files, tests).join("\n");

  test("has every item once, with its tests or why there are none yet", () => {
    expect(itemFindings(document, files, tests)).toEqual([]);
  });

  test.each([
    ["an item that is not there", /^\| S07 .*\n/m, "", "S07 is missing"],
    ["an item that is there twice", "| S08 |", "| S07 |", "S07 stands there twice"],
    [
      "a test without the item's id",
      /(\| S01 .*\.\.\/)[^)]+/,
      "$1ops/check/rules.test.ts",
      'no test whose title says "S01"',
    ],
    ["a test that does not exist", /(\| S01 .*\.\.\/)[^)]+/, "$1web/none.test.ts", "web/none.test.ts does not exist"],
    ["neither test nor reason", /(\| S01 \|[^|]*\|).*/, "$1 |", "S01 must name a test"],
    [
      "a reason where there is a test",
      /(\| S02 \|[^|]*\|).*/,
      "$1 Not yet: there is no time. |",
      "S02 has a test by now",
    ],
  ])("is refused with %s", (_what, from, to, message) => {
    expect(changed(from, to)).toContain(message);
  });
});

describe("the titles of tests", () => {
  test("are those of tests and groups, with their tables, and nothing else", () => {
    const text = `
      // it("a comment");
      describe.skipIf(x)("group", () => {
        it("one", () => expect("not a title").toBe("nor this"));
        it.each([["S44", \`from a table\`], ...more])("%s: two", run);
        test(\`three \${count} times\`, run);
      });`;
    expect(testTitles(text)).toEqual(["group", "one", "%s: two", "S44", "from a table", "three ", " times"]);
  });
});

describe("rows of commas", () => {
  test("keep what stands in quotes", () => {
    expect(parseCsv('a,"b, ""c""",\n"two\nlines",,d')).toEqual([
      ["a", 'b, "c"', ""],
      ["two\nlines", "", "d"],
    ]);
  });

  test.each(['a,"b', 'a"b,c', '"a"b,c'])("are refused with a quote out of place: %s", (text) => {
    expect(() => parseCsv(text)).toThrow(/row 1/);
  });
});

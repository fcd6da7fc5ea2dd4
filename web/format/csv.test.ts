import fc from "fast-check";
import { expect, test } from "vitest";
import { csvOf } from "./csv.ts";

const COLUMNS = [
  { title: "Name", cell: (row: readonly [string, number | null]) => row[0] },
  { title: "Return", cell: (row: readonly [string, number | null]) => row[1] },
];

/** Reads quoted and bare cells by the grammar of RFC 4180, a letter at a time. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ",") {
      row.push(cell);
      cell = "";
    } else if (letter === "\r" && text[at + 1] === "\n") {
      rows.push([...row, cell]);
      row = [];
      cell = "";
      at++;
    } else cell += letter;
  }
  return rows;
}

test.each([
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@sum", "'@sum"],
  ["\tx", "'\tx"],
  ["a=b", "a=b"],
  ["", ""],
])("S53 a text that a spreadsheet would run as a formula is led by an apostrophe: %j is %j", (name, expected) => {
  expect(csvOf([[name, 1]], COLUMNS)).toBe(`Name,Return\r\n${expected},1\r\n`);
});

test("numbers stay numbers, and one that is not defined leaves its cell empty", () => {
  expect(
    csvOf(
      [
        ["a", -0.12],
        ["b", null],
        ["c", Number.NaN],
      ],
      COLUMNS,
    ),
  ).toBe("Name,Return\r\na,-0.12\r\nb,\r\nc,\r\n");
});

test("whatever a name holds, a reader finds it again in its own cell", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.integer())), (rows) => {
      const read = parse(csvOf(rows, COLUMNS)).slice(1);
      expect(read.map(([name, count]) => [name.replace(/^'(?=[=+\-@\t\r])/, ""), count])).toEqual(
        rows.map(([name, count]) => [name.replace(/^'(?=[=+\-@\t\r])/, ""), String(count)]),
      );
    }),
  );
});

import { describe, expect, it } from "vitest";
import { checkFile } from "./rules.ts";

function findings(path: string, text: string): string[] {
  return checkFile({ path, text, code: text });
}

describe("the layer rules", () => {
  it.each([
    ["workers/core/a.ts", 'import { z } from "zod";', "core imports only core"],
    ["workers/core/a.ts", 'import { x } from "../feed/x.ts";', "core imports only core"],
    ["workers/core/a.ts", 'import { readFile } from "node:fs";', "core imports only core"],
    ["workers/core/a.ts", "const now = Date.now();", "no clock"],
    ["workers/core/a.ts", "const luck = Math.random();", "no clock, chance"],
    ["workers/core/a/b.ts", 'import { c } from "./c";', "carry their ending"],
    ["schema/wire/a.ts", 'import { b } from "../../workers/api/b.ts";', "schema imports only core"],
    ["web/a.ts", 'import { b } from "../workers/api/app.ts";', "wire schemas and the API's type only"],
    ["web/a.ts", 'import type { b } from "../workers/core/b.ts";', "wire schemas and the API's type only"],
    ["workers/api/a.ts", 'import { b } from "../../web/b.ts";', "stands on its own"],
    ["workers/api/utils.ts", "", "named after what it holds"],
    ["workers/api/a.ts", "x;\n".repeat(301), "at most 300 lines, had 301"],
    ["workers/api/a.test.ts", 'vi.mock("x");', "not mocked"],
    ["workers/api/a.ts", `env.DB.prepare(\`SELECT * FROM runs WHERE id = '\${id}'\`)`, "never written into its text"],
    ["workers/api/a.ts", `sql.exec(\n  \`DELETE FROM \${table}\`,\n)`, "never written into its text"],
    ["workers/api/a.ts", "sql.raw(name)", "never written into its text"],
  ])("refuse in %s: %s", (path, text, message) => {
    expect(findings(path, text).join("\n")).toContain(message);
  });

  it.each([
    ["workers/core/a/b.ts", 'import { c } from "../c/d.ts";\nconst updated = 1;'],
    ["workers/core/a.test.ts", 'import fc from "fast-check";\nconst now = Date.now();'],
    ["web/a.ts", 'import type { Api } from "../workers/api/app.ts";\nimport { B } from "../schema/wire/b.ts";'],
    ["workers/api/a.ts", `// Long because every route of one table stands here.\n${"x;\n".repeat(400)}`],
  ])("let pass in %s: %s", (path, text) => {
    expect(findings(path, text)).toEqual([]);
  });
});

describe("the safety rules", () => {
  it.each([
    ["S44", "if (token === known) go();", "constant time"],
    ["S44", "return expected !== row.signature;", "constant time"],
    ["S45", "const id = Math.random();", "platform's generator"],
    ["S67", "new Function(text)();", "never run as code"],
    ["S67", "await import(name);", "never run as code"],
    ["S55", "sql.exec<Row>(`select * from x where id = $" + "{id}`);", "never written into its text"],
    ["S55", "env.DB.prepare(text);", "through the data layer"],
  ])("%s: %s is refused", (_id, text, message) => {
    expect(findings("workers/api/a.ts", text).join("\n")).toContain(message);
  });

  it.each([
    "if (token === undefined) return;",
    "// Compared openly because both are public.\nif (digest === other) go();",
    "tokens[at].text === other.text;",
  ])("let pass: %s", (text) => {
    expect(findings("workers/api/a.ts", text)).toEqual([]);
  });
});

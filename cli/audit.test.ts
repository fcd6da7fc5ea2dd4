import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditRecord } from "../schema/wire/audit-record.ts";
import { type AuditEntry, chainRecords, GENESIS_HASH } from "../workers/audit/audit-chain.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const START = { seq: 0, hash: GENESIS_HASH };
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "apextrade-audit-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const records = Array.from(
  { length: 6 },
  (_, index): AuditRecord => ({
    ...{ id: `aud_${index}`, at: AT + index, action: "strategy.update", subject: null, before: null },
    actor: { type: "user", userId: "usr_1", grantId: "ses_1" },
    place: { address: "203.0.113.1", userAgent: "a\u2028page", requestId: `req_${index}` },
    after: { name: `name ${index}` },
  }),
);
const entries = chainRecords(START, records);

function fileOf(name: string, lines: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""));
  return path;
}

function tailOf(some: readonly AuditEntry[], anchored: readonly AuditEntry[] = []) {
  const { seq, hash } = some.at(-1) ?? START;
  return { head: { seq, hash }, anchors: anchored.map((entry) => ({ seq: entry.seq, hash: entry.hash, at: AT })) };
}

function verify(...argv: string[]): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "audit", "verify", ...argv]);
  return { code: status, out: String(stdout), error: String(stderr) };
}

const edited = entries.map((entry, at) => (at === 3 ? { ...entry, record: { ...entry.record, at: 1 } } : entry));
const remade = chainRecords(
  START,
  edited.map(({ record }) => record),
);
const tail = tailOf(entries, [entries[1], entries[5]]);

describe("apextrade audit verify", () => {
  it("S64 verifies a download that is whole, and says how far its anchors reach", () => {
    const { code, out } = verify(fileOf("whole.jsonl", [...entries, tail]));
    expect(out).toContain("verified, 6 entries, 2 anchors, last anchored 2026-01-02T03:04:05.000Z");
    expect(out).toContain(entries[5].hash);
    expect(code).toBe(0);
  });

  it.each([
    ["an edited entry", [...edited, tail], "entry 4 was changed"],
    ["a line that is none", [...entries.slice(0, 2), "{", ...entries.slice(3), tail], "entry 3 was changed"],
    ["a missing entry", [...entries.slice(0, 2), ...entries.slice(3), tail], "entry 3 is missing"],
    ["a cut tail", [...entries.slice(0, 4), tail], "entry 5 and those behind it are missing"],
    ["a chain made anew", [...remade, tail], "entry 6 differs from its anchor"],
    ["no last line", entries, "the file was cut"],
    ["an end in the middle", [...entries.slice(0, 2), tailOf(entries.slice(0, 2)), tail], "entry 3 was changed"],
    [
      "another head",
      [...entries, tailOf(entries.slice(0, 5))],
      "the entries end at 6, the file says that they end at 5",
    ],
  ])("S64 says what is wrong and where, and ends with 1, for %s", (name, lines, problem) => {
    const { code, out } = verify(fileOf(`${name.replaceAll(" ", "-")}.jsonl`, lines));
    expect(out).toContain("NOT VERIFIED");
    expect(out).toContain(problem);
    expect(code).toBe(1);
  });

  it("S64 holds a download against an earlier one, which finds what was made anew with its anchors", () => {
    const earlier = fileOf("earlier.jsonl", [...entries.slice(0, 5), tailOf(entries.slice(0, 5))]);
    const now = fileOf("now.jsonl", [...remade, tailOf(remade, [remade[5]])]);
    expect(verify(now).code).toBe(0);
    const { code, out } = verify(now, "--anchors", earlier);
    expect(out).toContain("entry 5 differs from its anchor");
    expect(code).toBe(1);
    const heads = fileOf("heads.json", [[{ seq: 5, hash: entries[4].hash }]]);
    expect(verify(now, "--anchors", heads).out).toContain("entry 5 differs from its anchor");
  });

  it("ends with 2 and one line for a file that is not there and for anchors that are none", () => {
    const whole = fileOf("good.jsonl", [...entries, tail]);
    expect(verify(join(folder, "none.jsonl"))).toMatchObject({ code: 2, error: expect.stringMatching(/must exist/) });
    expect(verify(whole, "--anchors", fileOf("bad.json", ["{}"]))).toMatchObject({ code: 2 });
  });
});

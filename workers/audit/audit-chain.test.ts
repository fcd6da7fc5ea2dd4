import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditRecord } from "../../schema/wire/audit-record.ts";
import { type AuditEntry, canonicalJson, chainRecords, GENESIS_HASH, verifyChain } from "./audit-chain.ts";

const START = { seq: 0, hash: GENESIS_HASH };

function records(count: number): AuditRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `aud_${index}`,
    at: 1_700_000_000_000 + index,
    action: index % 2 === 0 ? "strategy.update" : "backtest.create",
    actor: { type: "user", userId: "usr_1", grantId: "ses_1" },
    place: { address: "203.0.113.1", userAgent: "browser", requestId: `req_${index}` },
    subject: { kind: "strategy", id: `str_${index}` },
    before: null,
    after: { name: `name ${index}`, version: index },
  }));
}

const copyOf = (entries: readonly AuditEntry[]): AuditEntry[] => structuredClone([...entries]);
/** Hashes made anew from an entry on, as somebody would who knows how the chain is made. */
const rehash = (entries: readonly AuditEntry[]) =>
  chainRecords(
    START,
    entries.map(({ record }) => record),
  );

describe("the audit chain", () => {
  it("S64: finds each of 1,000 random edits, deletions, swaps, insertions, truncations and rewritings", async () => {
    const whole = chainRecords(START, records(40));
    const anchors = [9, 24, 39].map((at) => ({ seq: whole[at].seq, hash: whole[at].hash }));
    const place = fc.nat({ max: whole.length - 1 });
    const kinds = ["edit", "delete", "swap", "insert", "truncate", "rewrite"] as const;
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), place, place, fc.string(), async (kind, at, other, text) => {
        const bad = copyOf(whole);
        const edited = { ...bad[at], record: { ...bad[at].record, action: `x${text}` } };
        if (kind === "edit") bad[at] = edited;
        if (kind === "delete") bad.splice(at, 1);
        if (kind === "insert") bad.splice(at, 0, edited);
        if (kind === "truncate") bad.splice(at);
        if (kind === "rewrite") {
          bad[at] = edited;
          bad.splice(0, bad.length, ...rehash(bad));
        }
        if (kind === "swap") {
          const second = other === at ? (at + 1) % whole.length : other;
          [bad[at], bad[second]] = [bad[second], bad[at]];
        }
        const { fault } = await verifyChain(bad, anchors);
        expect(fault).not.toBeNull();
        found += 1;
      }),
      { numRuns: 1_000, seed: 64 },
    );
    expect(found).toBe(1_000);
    expect(await verifyChain(whole, anchors)).toEqual({ entries: 40, head: anchors[2], fault: null });
  });

  it.each([
    ["changed", 5, (bad: AuditEntry[]) => bad.splice(4, 1, { ...bad[4], hash: bad[3].hash })],
    ["missing", 5, (bad: AuditEntry[]) => bad.splice(4, 1)],
    ["order", 6, (bad: AuditEntry[]) => bad.splice(5, 0, bad[4])],
    ["truncated", 10, (bad: AuditEntry[]) => bad.splice(9)],
  ] as const)("says where and how a trail is broken first: %s at %i", async (kind, seq, tamper) => {
    const whole = chainRecords(START, records(12));
    const bad = copyOf(whole);
    tamper(bad);
    const anchor = { seq: 12, hash: whole[11].hash };
    expect((await verifyChain(bad, [anchor])).fault).toEqual({ seq, kind });
  });

  it("finds a tail that was cut off by the anchor alone", async () => {
    const whole = chainRecords(START, records(12));
    const cut = whole.slice(0, 9);
    expect((await verifyChain(cut, [])).fault).toBeNull();
    expect((await verifyChain(cut, [{ seq: 12, hash: whole[11].hash }])).fault?.kind).toBe("truncated");
  });

  it("S64: takes two anchors of one entry with different hashes for a chain that was made anew", async () => {
    const whole = chainRecords(START, records(12));
    const right = { seq: 9, hash: whole[8].hash };
    const wrong = { seq: 9, hash: "f".repeat(64) };
    for (const anchors of [
      [right, wrong],
      [wrong, right],
    ]) {
      expect((await verifyChain(whole, anchors)).fault).toEqual({ seq: 9, kind: "rewritten" });
    }
    expect((await verifyChain(whole, [right, right])).fault).toBeNull();
  });

  it("writes equal values as equal text, whatever the order of their names", () => {
    expect(canonicalJson({ b: 1, a: { d: [1, "é", null], c: undefined } })).toBe('{"a":{"d":[1,"é",null]},"b":1}');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(RangeError);
  });
});

import type { AuditRecord } from "../schema/wire/audit-record.ts";
import { canonicalJson, chainRecords, GENESIS_HASH, verifyChain } from "../workers/audit/audit-chain.ts";
import { sha256 } from "../workers/core/report/sha256.ts";
import { printTimings, type Timing, timeAll } from "./measure.ts";

const ENTRIES = 10_000;
const RUNS = 5;
const START = { seq: 0, hash: GENESIS_HASH };

/** Chaining and verifying 10,000 entries beside hashing the same bytes: what is above 1 is canonical JSON. */
export async function benchAudit(): Promise<void> {
  const records = benchRecords();
  const entries = chainRecords(START, records);
  const texts = entries.map(({ seq, record }, index) => {
    return `${index === 0 ? GENESIS_HASH : entries[index - 1].hash}${canonicalJson({ seq, record })}`;
  });
  const [bound, append] = timeAll([
    { name: "hashing the same bytes (the bound)", work: () => texts.map(sha256) },
    { name: "append to the chain", work: () => chainRecords(START, records) },
  ]);
  const verify = await timeVerification(entries);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const title = `Audit chain: ${ENTRIES.toLocaleString("en")} entries, ${(bytes / 1e6).toFixed(1)} MB`;
  printTimings(title, [bound, append, verify], { items: ENTRIES, unit: "entries" });
}

async function timeVerification(entries: ReturnType<typeof chainRecords>): Promise<Timing> {
  const anchors = entries.filter(({ seq }) => seq % 100 === 0);
  const times = new Float64Array(RUNS);
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    const { fault } = await verifyChain(entries, anchors);
    times[run] = performance.now() - started;
    if (fault !== null) throw new Error(`the bench's own trail must be whole, was ${fault.kind} at ${fault.seq}`);
  }
  return { name: "verify the chain, 100 anchors", ms: times.sort()[RUNS >> 1], result: undefined };
}

/** Records of the size that an edit of a strategy leaves. */
function benchRecords(): readonly AuditRecord[] {
  return Array.from({ length: ENTRIES }, (_, index) => ({
    ...{ id: `aud_${index}`, at: 1_800_000_000_000 + index, action: "strategy.update" },
    actor: { type: "user", userId: "usr_qf95ckeb7183470325akj4kk0", grantId: "ses_7183470325akj4kk0" },
    place: {
      address: "2001:db8:85a3::8a2e:370:7334",
      userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
      requestId: `req_${index}`,
    },
    subject: { kind: "strategy", id: `str_${index % 40}` },
    before: { name: "Pullback in a trend", version: index, parameters: { fast: 20, slow: 50 } },
    after: { name: "Pullback in a trend", version: index + 1, parameters: { fast: 12, slow: 50 } },
  }));
}

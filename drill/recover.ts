import { parseArgs } from "node:util";
import { checkLines } from "../ops/backup/restore-checks.ts";
import { runRecoveryDrill } from "./recovery-drill.ts";

/**
 * `npm run recover -- --gigabytes 0.2 --bots 10`: deletes the state of a loaded deployment and restores it. Exits 1 where a
 * check fails, more than a minute is lost or the restore takes more than five.
 */
const { values } = parseArgs({
  options: {
    gigabytes: { type: "string", default: "0.05" },
    accounts: { type: "string", default: "3" },
    bots: { type: "string", default: "3" },
    seconds: { type: "string", default: "90" },
  },
});
/** Of a row that the drill makes, with its indexes. */
const BYTES_A_ROW = 430;
const RTO_MS = 5 * 60_000;
const [gigabytes, accounts, bots, seconds] = [values.gigabytes, values.accounts, values.bots, values.seconds].map(
  Number,
);
if (![gigabytes, accounts, bots, seconds].every((value) => Number.isFinite(value) && value >= 0)) {
  throw new Error("every option must be a number of at least 0");
}
const rows = Math.round((gigabytes * 1e9) / BYTES_A_ROW);
const result = await runRecoveryDrill({ rows, accounts, bots, tradeMs: seconds * 1_000, say: console.log });
const { restored } = result;
for (const line of checkLines(restored.checks)) console.log(line);
console.log(
  `${restored.sources} sources, ${restored.rows} rows, ${restored.units} units of ${(restored.bytes / 1e6).toFixed(1)} MB`,
);
console.log(`acknowledged ${result.acknowledged}, of these not there ${result.lost}`);
console.log(`RPO ${(result.rpoMs / 1_000).toFixed(1)} s (at most 60)`);
console.log(
  `RTO ${(result.rtoMs / 1_000).toFixed(1)} s (at most 300), of which the restore ${restored.seconds.toFixed(1)} s`,
);
for (const finding of result.findings) console.log(finding);
if (result.findings.length > 0 || result.rtoMs > RTO_MS) process.exitCode = 1;

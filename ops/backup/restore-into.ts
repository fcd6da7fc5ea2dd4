import type { BackupStore } from "../../workers/backup/backup-store.ts";
import type { RestorePlan } from "../../workers/backup/plan-restore.ts";
import { openUnit } from "../../workers/backup/sealed-unit.ts";
import type { SourceCursor } from "../../workers/backup/source-cursor.ts";
import { totalsFaults } from "../../workers/backup/totals-faults.ts";
import type { UnitChain } from "../../workers/backup/unit-chain.ts";
import { readLines, type Totals } from "../../workers/backup/unit-lines.ts";
import type { MasterKeys } from "../../workers/platform/key-ring.ts";
import type { RestoreChecks } from "./restore-checks.ts";
import type { RestoreClient } from "./restore-client.ts";

/** Objects that are filled at the same time. */
const AT_ONCE = 8;
const DATABASE = "database";
/** Accounts come last: they ask their venue when they are looked at. */
const LAST = "AccountObject/";
const OWNER_KEYS = "owner-keys/";
const ERASED = "erased/";

export interface RestoreDone {
  readonly checks: RestoreChecks;
  readonly sources: number;
  readonly rows: number;
  readonly units: number;
  readonly bytes: number;
  /** Accounts whose books were made again from their events. */
  readonly replayed: number;
  readonly erasedAgain: number;
  /** The oldest of all sources. */
  readonly asOf: number;
}

interface RestoreParts {
  readonly store: Pick<BackupStore, "get" | "list">;
  readonly keys: MasterKeys;
  readonly client: RestoreClient;
  readonly say: (line: string) => void;
}

/** Fills a new deployment as a plan says, and looks at all of it. Nothing of it works afterwards until it is woken. */
export async function restoreInto(parts: RestoreParts, plan: RestorePlan): Promise<RestoreDone> {
  const restore = new Restore(parts, plan);
  const [database, ...objects] = plan.chains;
  if (database?.source !== DATABASE) throw new Error("a backup must hold the database");
  await restore.fill(database);
  const wanted = await restore.wanted();
  const chosen = objects.filter(({ source }) => wanted.has(source));
  parts.say(`the database is in; ${chosen.length} objects follow`);
  await inTurns(
    chosen.filter(({ source }) => !source.startsWith(LAST)),
    (chain) => restore.fill(chain),
  );
  const accounts = chosen.filter(({ source }) => source.startsWith(LAST));
  await inTurns(accounts, (chain) => restore.fill(chain));
  for (const { source } of accounts) await restore.reconcile(source);
  await restore.finish([database, ...chosen]);
  return restore.done();
}

class Restore {
  private readonly parts: RestoreParts;
  private readonly plan: RestorePlan;
  private readonly checks: RestoreChecks = {
    integrity: [],
    counts: [],
    ledger: [],
    trail: [],
    replay: [],
    reconcile: [],
  };
  private readonly sums = { sources: 0, rows: 0, units: 0, bytes: 0, replayed: 0, erasedAgain: 0 };
  private asOf = Number.POSITIVE_INFINITY;

  constructor(parts: RestoreParts, plan: RestorePlan) {
    this.parts = parts;
    this.plan = plan;
  }

  async fill({ source, units, asOf }: UnitChain): Promise<void> {
    const { store, keys, client } = this.parts;
    let said: Totals | undefined;
    for (const [at, { key, number }] of units.entries()) {
      const bytes = await store.get(key);
      if (bytes === undefined) throw new Error(`${key} went away`);
      await client.unit(bytes, at === 0);
      this.sums.units += 1;
      this.sums.bytes += bytes.byteLength;
      // What was counted holds where nothing came behind it.
      const isLast = at === units.length - 1;
      if (isLast && number > 0) said = totalsIn((await openUnit(keys, bytes)).lines);
    }
    const auditHead = this.plan.manifest.entries.find((entry) => entry.source === source)?.auditHead;
    const restored = await client.end({ source, asOf, ...(auditHead === undefined ? {} : { auditHead }) });
    this.note(source, restored.faults);
    if (said !== undefined)
      this.checks.counts.push(...totalsFaults(said, restored.totals).map((fault) => `${source}: ${fault}`));
    if (restored.replay !== undefined && restored.replay !== null) this.sums.replayed += 1;
    this.sums.sources += 1;
    this.sums.rows += Object.values(restored.totals.tables).reduce((sum, [rows]) => sum + rows, 0);
    this.asOf = Math.min(this.asOf, asOf);
  }

  private note(source: string, faults: readonly string[]): void {
    for (const fault of faults) {
      const text = `${source}: ${fault}`;
      if (fault.startsWith("file")) this.checks.integrity.push(text);
      else if (fault.startsWith("trail")) this.checks.trail.push(text);
      else if (fault.includes("made again")) this.checks.replay.push(text);
      else this.checks.ledger.push(text);
    }
  }

  /** Objects that rows of the restored database speak of: what was deleted before does not come back. */
  async wanted(): Promise<Set<string>> {
    const wanted = new Set<string>();
    let cursor: SourceCursor | undefined = { table: "accounts", after: "" };
    while (cursor !== undefined) {
      const page: { sources: string[]; next: SourceCursor | undefined } = await this.parts.client.sources(cursor);
      for (const source of page.sources) wanted.add(source);
      cursor = page.next;
    }
    return wanted;
  }

  async reconcile(source: string): Promise<void> {
    const found = await this.parts.client.reconcile(source);
    this.checks.reconcile.push(...found.map((fault) => `${source}: ${fault}`));
  }

  async finish(chains: readonly UnitChain[]): Promise<void> {
    const { store, client } = this.parts;
    for (const key of await store.list(OWNER_KEYS)) {
      const bytes = await store.get(key);
      if (bytes !== undefined) await client.ownerKey(bytes);
    }
    const erased = (await store.list(ERASED)).map((key) => key.slice(ERASED.length));
    const { erasedAgain } = await client.endDatabase({ erased, asOf: this.asOf });
    this.sums.erasedAgain = erasedAgain;
    for (const { source } of chains) if (/^(?:Account|Bot)Object\//.test(source)) await client.wake(source);
  }

  done(): RestoreDone {
    return { checks: this.checks, ...this.sums, asOf: this.asOf };
  }
}

function totalsIn(lines: string): Totals | undefined {
  for (const line of readLines(lines)) if (line.type === "totals") return line.totals;
  return undefined;
}

async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

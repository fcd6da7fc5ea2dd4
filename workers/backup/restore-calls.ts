import { inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { backups } from "../../schema/tables/backup.ts";
import { deploymentFacts, users } from "../../schema/tables/identity.ts";
import { bots } from "../../schema/tables/trading.ts";
import { ownerKeys } from "../../schema/tables/vault.ts";
import type { AccountObject } from "../account/account-object.ts";
import { systemClock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import { sha256Hex } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import { masterKeys } from "../platform/master-keys.ts";
import { NOT_NOTED, TABLES_LEFT_OUT } from "./backed-up.ts";
import { DATABASE, objectOfSource, sourcesAfter } from "./backup-sources.ts";
import { readTotals } from "./capture-queries.ts";
import { loadUnit } from "./load-unit.ts";
import { NO_VALUES } from "./named-values.ts";
import { databaseSql } from "./platform-sql.ts";
import { openUnit } from "./sealed-unit.ts";
import { captureTriggers, quoted, readShapes } from "./table-shape.ts";
import type { Totals } from "./unit-lines.ts";

const ACCOUNT = "AccountObject/";
const ROWS_A_STATEMENT = 90;
const Sources = z.object({ table: z.enum(["accounts", "bots", "users"]), after: z.string() });
const End = z.object({
  source: z.string(),
  asOf: z.number(),
  auditHead: z.object({ seq: z.number(), hash: z.string() }).optional(),
});
const OwnerKey = z.object({ ownerId: z.string(), salt: z.string(), createdAt: z.number() });

/** What the Worker of a restore does, one call at a time. */
export class RestoreCalls {
  private readonly env: Env;

  constructor(env: Env) {
    this.env = env;
  }

  /** Brings in a unit. Whether it is genuine is looked at here too: whoever sends it may be another machine. */
  async unit({ bytes, first }: { readonly bytes: Uint8Array; readonly first: boolean }): Promise<void> {
    const { header, lines } = await openUnit(masterKeys(this.env), bytes);
    if (header.source !== DATABASE) {
      await objectOfSource(this.env, header.source).restoreUnit({ lines, first });
      return;
    }
    if (first) {
      await this.requireEmptyDatabase();
      await this.dropTriggers();
    }
    await loadUnit({ sql: databaseSql(this.env.DB), values: { ...NO_VALUES, drop: () => undefined } }, lines);
  }

  async ownerKey(bytes: Uint8Array): Promise<void> {
    const { lines } = await openUnit(masterKeys(this.env), bytes);
    const row = OwnerKey.parse(JSON.parse(lines));
    await openDatabase(this.env.DB).insert(ownerKeys).values(row).onConflictDoNothing();
  }

  async verb(name: string, input: unknown): Promise<unknown> {
    if (name === "sources") return sourcesAfter(this.env, Sources.parse(input));
    if (name === "end") return this.end(End.parse(input));
    if (name === "database")
      return this.endDatabase(z.object({ erased: z.array(z.string()), asOf: z.number() }).parse(input));
    const { source } = z.object({ source: z.string() }).parse(input);
    if (name === "reconcile") return this.reconcile(source);
    if (name === "wake") return objectOfSource(this.env, source).wakeRestored();
    throw new Error("a restore has no such call");
  }

  /** Counts what is there now, and looks at it; an object then halts by itself. */
  private async end({ source, asOf, auditHead }: z.infer<typeof End>) {
    if (source === DATABASE) return { totals: await this.databaseTotals(), faults: await this.databaseFaults() };
    const object = objectOfSource(this.env, source);
    const { faults, replay } = await object.checkRestored({ auditHead });
    const totals = (await object.endRestore({ at: systemClock(), asOf })) as Totals;
    return { totals, faults, replay };
  }

  private async requireEmptyDatabase(): Promise<void> {
    const { tables } = await this.databaseTotals();
    const filled = Object.entries(tables).find(([, [rows]]) => rows > 0);
    if (filled !== undefined) throw new Error(`only an empty database can be restored, ${filled[0]} has rows`);
  }

  /** What is brought in is not a change: without them it takes half the time. They are made again at the end. */
  private async dropTriggers(): Promise<void> {
    const of = databaseSql(this.env.DB);
    const [rows] = await of.run([{ text: "select name from sqlite_master where type = 'trigger'" }]);
    await of.run(rows.map(({ name }) => ({ text: `drop trigger ${quoted(String(name))}` })));
  }

  private async makeTriggers(): Promise<void> {
    const of = databaseSql(this.env.DB);
    const tables = (await readShapes(of)).filter(({ name }) => name !== NOT_NOTED);
    await of.run(tables.flatMap((table) => captureTriggers(table).map((text) => ({ text }))));
  }

  private async databaseTotals(): Promise<Totals> {
    const of = databaseSql(this.env.DB);
    const shapes = (await readShapes(of)).filter(({ name }) => !Object.hasOwn(TABLES_LEFT_OUT, name));
    return readTotals(of, shapes, 0);
  }

  private async databaseFaults(): Promise<string[]> {
    const rows = await openDatabase(this.env.DB).all<{ quick_check: string }>(sql`pragma quick_check`);
    return rows.filter(({ quick_check: found }) => found !== "ok").map(({ quick_check: found }) => `file: ${found}`);
  }

  /** Bots are shown as what they are now; who was erased since is erased again; the next backup is a full one. */
  private async endDatabase({
    erased,
    asOf,
  }: {
    erased: readonly string[];
    asOf: number;
  }): Promise<{ erasedAgain: number }> {
    const database = openDatabase(this.env.DB);
    await database
      .update(bots)
      .set({ status: "halted", dueAt: null })
      .where(inArray(bots.status, ["starting", "running", "paused"]));
    const cutOff = { status: "failed", finishedAt: systemClock(), reason: "cut off by a restore" } as const;
    await database
      .update(backups)
      .set(cutOff)
      .where(inArray(backups.status, ["running", "made"]));
    const gone = new Set(erased);
    const known = await database.select({ id: users.id }).from(users);
    const again: string[] = [];
    for (const { id } of known) if (gone.has(await sha256Hex(id))) again.push(id);
    for (let from = 0; from < again.length; from += ROWS_A_STATEMENT) {
      const some = inArray(users.id, again.slice(from, from + ROWS_A_STATEMENT));
      await database.update(users).set({ deletionDueAt: systemClock() }).where(some);
    }
    const value = JSON.stringify({ asOf });
    const fact = { name: "restored", value, createdAt: systemClock() };
    const set = { value, createdAt: fact.createdAt };
    await database.insert(deploymentFacts).values(fact).onConflictDoUpdate({ target: deploymentFacts.name, set });
    await this.makeTriggers();
    const notes = ["backup_changes", "backup_marks", "backup_state", "backup_values"];
    await databaseSql(this.env.DB).run(notes.map((name) => ({ text: `delete from ${name}` })));
    return { erasedAgain: again.length };
  }

  private async reconcile(source: string): Promise<string[]> {
    if (!source.startsWith(ACCOUNT)) throw new Error("only an account is held against its venue");
    return (objectOfSource(this.env, source) as unknown as DurableObjectStub<AccountObject>).reconcileRestored();
  }
}

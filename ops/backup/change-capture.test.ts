import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { readTotals } from "../../workers/backup/capture-queries.ts";
import { CAPTURE_TABLES, ChangeCapture } from "../../workers/backup/change-capture.ts";
import { loadUnit } from "../../workers/backup/load-unit.ts";
import { readShapes } from "../../workers/backup/table-shape.ts";
import { totalsFaults } from "../../workers/backup/totals-faults.ts";
import { chainAt } from "../../workers/backup/unit-chain.ts";
import { type NamedUnit, readUnitKey, unitKeyOf } from "../../workers/backup/unit-name.ts";
import { nodeSql } from "./node-sql.ts";

const TABLES = [
  "create table orders (id text primary key, body text, price real, data blob) strict",
  "create index orders_by_body on orders (body)",
  "create table events (number integer primary key autoincrement, text text not null) strict",
  "create table parts (name text not null, part integer not null, text text, primary key (name, part)) strict, without rowid",
];

/** A generator of chance from a seed (mulberry32). */
function chanceOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** What tables and values hold, as text: the order of rows and what numbers come next belong to it. */
function contentOf(database: DatabaseSync, values: ReadonlyMap<string, string>): string {
  const tables = ["orders", "events"].map((name) =>
    database.prepare(`select rowid as place, * from ${name} order by rowid`).all(),
  );
  const parts = database.prepare("select * from parts order by name, part").all();
  const counts = database.prepare("select name, seq from sqlite_sequence where name = 'events'").all();
  return JSON.stringify([tables, parts, counts, [...values].sort()], (_name, value: unknown) =>
    value instanceof Uint8Array ? [...value] : value,
  );
}

class World {
  readonly database = new DatabaseSync(":memory:");
  readonly values = new Map<string, string>();
  readonly units: { readonly named: NamedUnit; readonly lines: string }[] = [];
  readonly snapshots = new Map<number, string>();
  readonly capture: ChangeCapture;
  now = 1_000_000_000_000;

  constructor(rowsMax?: number) {
    for (const text of [...TABLES, ...CAPTURE_TABLES]) this.database.exec(text);
    const values = { list: () => [...this.values], put: () => undefined };
    const parts = { sql: nodeSql(this.database), values, leftOut: new Set<string>(), now: () => this.now };
    this.capture = new ChangeCapture({ ...parts, ...(rowsMax === undefined ? {} : { rowsMax }) });
  }

  change(chance: (below: number) => number): void {
    const run = (text: string, ...bound: (string | number | Uint8Array | null)[]) =>
      this.database.prepare(text).run(...bound);
    const id = `order ${chance(40)}`;
    const kinds = [
      () =>
        run(
          "insert or replace into parts (name, part, text) values (?, ?, ?)",
          `doc ${chance(5)}`,
          chance(3),
          `${chance(1e9)}`,
        ),
      () => run("delete from parts where name = ?", `doc ${chance(5)}`),
      () => run("insert into events (text) values (?)", `event ${chance(1e9)} "quoted" \n line`),
      () => run("delete from events where number % 7 = ?", chance(7)),
      () =>
        run(
          "insert into orders values (?, ?, ?, ?) on conflict (id) do update set body = ?2, price = ?3",
          id,
          `b${chance(1e9)}`,
          chance(2) === 0 ? 0.1 + chance(9) : chance(9),
          new Uint8Array([chance(256), 0, 255]),
        ),
      () => run("update orders set body = null where id = ?", id),
      () => run("delete from orders where id = ?", id),
      () => this.values.set(`value ${chance(6)}`, JSON.stringify({ a: chance(100) })),
      () => this.values.delete(`value ${chance(6)}`),
    ];
    kinds[chance(kinds.length)]();
  }

  async seal(withTotals = false): Promise<void> {
    const made = await this.capture.increment({ withTotals });
    if (made === undefined) return;
    this.keep(made);
    await this.capture.settle(made);
    this.snapshots.set(made.header.at, contentOf(this.database, this.values));
  }

  /** A base in parts, with changes between them. */
  async base(chance: (below: number) => number): Promise<void> {
    let progress = await this.capture.beginBase();
    for (;;) {
      const { unit, next, values } = await this.capture.basePart(progress);
      this.keep(unit);
      if (next === undefined) {
        await this.capture.settleBase({ ...progress, values });
        break;
      }
      progress = next;
      this.change(chance);
    }
    this.now += 1;
    await this.seal(true);
  }

  private keep({ header, lines }: { header: Omit<NamedUnit, "key" | "sha256" | "source">; lines: string }): void {
    const key = unitKeyOf({ ...header, source: "database" }, "0".repeat(64));
    const named = readUnitKey(key);
    if (named === undefined) throw new Error(`the name of a unit must be readable, was ${key}`);
    this.units.push({ named: { ...named, key: `${key}#${this.units.length}` }, lines });
  }

  async restored(to: number): Promise<{ content: string; steps: number; faults: string[] }> {
    const chain = chainAt(
      this.units.map(({ named }) => named),
      { to },
    );
    if (chain === undefined) throw new Error("there must be a chain");
    const database = new DatabaseSync(":memory:");
    const values = new Map<string, string>();
    const target = {
      sql: nodeSql(database),
      values: {
        list: () => [],
        put: (name: string, text: string) => void values.set(name, text),
        drop: (name: string) => void values.delete(name),
      },
    };
    let faults: string[] = [];
    for (const { key } of chain.units) {
      const lines = this.units.find(({ named }) => named.key === key)?.lines ?? "";
      const totals = await loadUnit(target, lines);
      if (totals === undefined) continue;
      const now = await readTotals(target.sql, await readShapes(target.sql), values.size);
      if (chain.units.at(-1)?.key === key) faults = totalsFaults(totals, now);
    }
    return { content: contentOf(database, values), steps: chain.units.length, faults };
  }
}

describe("changes that are captured", () => {
  it("give the state of every moment at which an increment was stored, to the last row, place and number", async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const chance = chanceOf(seed);
      const world = new World();
      for (let count = 0; count < 30; count++) world.change(chance);
      await world.capture.install();
      await world.base(chance);
      for (let step = 0; step < 70; step++) {
        for (let count = chance(6); count > 0; count--) world.change(chance);
        world.now += 1_000;
        if (step === 40) await world.base(chance);
        else await world.seal();
      }
      for (const [at, content] of world.snapshots) {
        const restored = await world.restored(at);
        expect(restored, `seed ${seed} at ${at}`).toMatchObject({ content, faults: [] });
        expect(restored.steps).toBeLessThanOrEqual(1 + 7);
      }
    }
  });

  it("are in increments of few rows, however far back one would reach, and give the state of every moment all the same", async () => {
    const rowsMax = 6;
    const chance = chanceOf(7);
    const world = new World(rowsMax);
    await world.capture.install();
    await world.base(chance);
    for (let step = 0; step < 70; step++) {
      for (let count = 1 + chance(4); count > 0; count--) world.change(chance);
      world.now += 1_000;
      await world.seal();
    }
    for (const [at, content] of world.snapshots) {
      expect(await world.restored(at)).toMatchObject({ content, faults: [] });
    }
    const wide = world.units.filter(({ named }) => named.covers < named.number - 1);
    const rows = wide.map(({ lines }) => lines.split("\n").filter((line) => /^\["[rd]"/.test(line)).length);
    expect(rows.length).toBeGreaterThan(10);
    expect(Math.max(...rows)).toBeLessThanOrEqual(rowsMax);
  });

  it("are too many for an increment where more rows changed than it may hold", async () => {
    const chance = chanceOf(3);
    const world = new World(20);
    await world.capture.install();
    expect(await world.capture.isTooMuch()).toBe(false);
    await world.base(chance);
    const insert = world.database.prepare("insert into events (text) values (?)");
    for (let count = 0; count < 20; count++) insert.run(`event ${count}`);
    expect(await world.capture.isTooMuch()).toBe(false);
    insert.run("one more");
    expect(await world.capture.isTooMuch()).toBe(true);
    await world.base(chance);
    expect(await world.capture.isTooMuch()).toBe(false);
  });

  it("are all in the next increment where one could not be stored", async () => {
    const chance = chanceOf(99);
    const world = new World();
    await world.capture.install();
    await world.base(chance);
    for (let count = 0; count < 20; count++) world.change(chance);
    expect(await world.capture.increment({ withTotals: false })).toBeDefined();
    for (let count = 0; count < 20; count++) world.change(chance);
    world.now += 1_000;
    await world.seal();
    const { content } = await world.restored(world.now);
    expect(content).toBe(contentOf(world.database, world.values));
  });

  it("of a table that was made later are taken as a whole", async () => {
    const chance = chanceOf(5);
    const world = new World();
    await world.capture.install();
    await world.base(chance);
    world.database.exec("create table late (a text primary key) strict; insert into late values ('x'), ('y')");
    await world.capture.install();
    world.now += 1_000;
    await world.seal();
    expect(world.units.at(-1)?.lines).toContain('["r","late",2,["y"]]');
  });
});

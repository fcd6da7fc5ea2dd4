import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, it } from "vitest";
import { CAPTURE_TABLES, ChangeCapture, type OpenUnit } from "../../workers/backup/change-capture.ts";
import { loadUnit } from "../../workers/backup/load-unit.ts";
import { type ManifestEntry, manifestKey, newBackupId, signManifest } from "../../workers/backup/manifest.ts";
import { NO_VALUES } from "../../workers/backup/named-values.ts";
import { openNamedUnit } from "../../workers/backup/open-named-unit.ts";
import { planRestore } from "../../workers/backup/plan-restore.ts";
import { sealUnit, sha256OfBytes } from "../../workers/backup/sealed-unit.ts";
import type { Totals } from "../../workers/backup/unit-lines.ts";
import { MANIFESTS, readUnitKey, unitKeyOf } from "../../workers/backup/unit-name.ts";
import { readMasterKeys } from "../../workers/platform/key-ring.ts";
import { MemoryStore } from "./memory-store.ts";
import { nodeSql } from "./node-sql.ts";

const START = Date.UTC(2026, 2, 1, 3);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const keyText = (byte: number) => Buffer.alloc(32, byte).toString("base64url");
const KEYS = readMasterKeys(`k1:${keyText(1)}`);
const SOURCES = ["database", `AuditObject/${"a".repeat(64)}`];

/** A source with one table, backed up as objects are. */
class Source {
  readonly name: string;
  readonly snapshots = new Map<number, string>();
  private readonly database = new DatabaseSync(":memory:");
  private readonly capture: ChangeCapture;
  private readonly world: World;

  constructor(name: string, world: World) {
    this.name = name;
    this.world = world;
    for (const text of ["create table rows (id integer primary key, text text) strict", ...CAPTURE_TABLES])
      this.database.exec(text);
    const parts = { sql: nodeSql(this.database), values: NO_VALUES, leftOut: new Set<string>(), now: () => world.now };
    this.capture = new ChangeCapture(parts);
  }

  change(): void {
    for (let row = 0; row < 5; row++) {
      this.database.prepare("insert into rows (text) values (?)").run(`${this.name} ${this.world.now} ${row}`);
    }
  }

  async full(): Promise<ManifestEntry> {
    await this.capture.install();
    const begun = await this.capture.beginBase();
    const { unit, values } = await this.capture.basePart(begun);
    const units = [await this.store(unit)];
    await this.capture.settleBase({ ...begun, values });
    const { unit: closing, totals } = await this.increment(true);
    return { source: this.name, epoch: begun.epoch, at: this.world.now, units: [...units, closing], totals };
  }

  async increment(withTotals = false): Promise<{ unit: { key: string; bytes: number }; totals: Totals }> {
    const made = await this.capture.increment({ withTotals });
    if (made === undefined) throw new Error("something must have changed");
    const unit = await this.store(made);
    await this.capture.settle(made);
    this.snapshots.set(made.header.at, contentOf(this.database));
    return { unit, totals: made.totals ?? { tables: {}, values: 0 } };
  }

  private async store({ header, lines }: OpenUnit): Promise<{ key: string; bytes: number }> {
    const whole = { ...header, source: this.name };
    const bytes = await sealUnit(KEYS, whole, lines);
    const key = unitKeyOf(whole, await sha256OfBytes(bytes));
    await this.world.store.put(key, bytes);
    return { key, bytes: bytes.byteLength };
  }
}

function contentOf(database: DatabaseSync): string {
  return JSON.stringify(database.prepare("select * from rows order by id").all());
}

/** Two days of backups: a full one each day, and some increments behind each. */
class World {
  readonly store = new MemoryStore();
  readonly sources = SOURCES.map((name) => new Source(name, this));
  readonly manifests: string[] = [];
  now = START;

  async live(): Promise<void> {
    for (let day = 0; day < 2; day++) {
      this.now = START + day * DAY_MS;
      const startedAt = this.now;
      for (const source of this.sources) source.change();
      const entries: ManifestEntry[] = [];
      for (const source of this.sources) entries.push(await source.full());
      this.now += 1_000;
      const id = newBackupId(startedAt, `0000000${day}`);
      const manifest = { id, startedAt, madeAt: this.now, version: "1", schema: "1", entries };
      await this.store.put(manifestKey(id), await signManifest(KEYS, manifest));
      this.manifests.push(manifestKey(id));
      for (let minute = 1; minute <= 3; minute++) {
        this.now = startedAt + minute * MINUTE_MS;
        for (const source of this.sources) {
          source.change();
          await source.increment();
        }
      }
    }
  }
}

const world = new World();
const END = START + DAY_MS + 10 * MINUTE_MS;

beforeAll(() => world.live());

function copyOf(store: MemoryStore): MemoryStore {
  const copy = new MemoryStore();
  for (const [key, bytes] of store.objects) copy.objects.set(key, bytes);
  return copy;
}

/** Content of every source of a plan, as of when its chain is. */
async function expectSound(store: MemoryStore, plan: Awaited<ReturnType<typeof planRestore>>): Promise<void> {
  for (const { source, units, asOf } of plan.chains) {
    const database = new DatabaseSync(":memory:");
    const target = { sql: nodeSql(database), values: { ...NO_VALUES, drop: () => undefined } };
    for (const { key } of units) {
      await loadUnit(target, (await openNamedUnit({ store, keys: KEYS }, { key, source })).lines);
    }
    const known = world.sources.find(({ name }) => name === source)?.snapshots.get(asOf);
    expect(contentOf(database)).toBe(known);
  }
}

/** What can become of a stored object. Each spoils it for good. */
const MUTATIONS: readonly ((store: MemoryStore, key: string, chance: (below: number) => number) => void)[] = [
  (store, key, chance) => {
    const bytes = (store.objects.get(key) ?? new Uint8Array()).slice();
    bytes[chance(bytes.length)] ^= 1 << chance(8);
    store.objects.set(key, bytes);
  },
  (store, key) => void store.objects.delete(key),
  (store, key, chance) => {
    const bytes = store.objects.get(key) ?? new Uint8Array();
    store.objects.set(key, bytes.slice(0, chance(bytes.length)));
  },
  (store, key, chance) => {
    const others = [...store.objects.keys()].filter((other) => other !== key);
    store.objects.set(key, store.objects.get(others[chance(others.length)]) ?? new Uint8Array());
  },
  (store, key) => {
    // A unit of another time under a name that says the right hash of it, or an older manifest under a newer one's name.
    const bytes = store.objects.get(key) ?? new Uint8Array();
    store.objects.delete(key);
    store.objects.set(
      key.replace(/-0000001l-|(\d)\.json$/, (found) => (found.endsWith("json") ? "9.json" : "-0000002l-")),
      bytes,
    );
  },
];

function chanceOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 0) / 4_294_967_296) * below);
  };
}

describe("a plan of a restore", () => {
  it("brings every source to the last increment before the instant that was asked for", async () => {
    for (const to of [END, START + DAY_MS + 2.5 * MINUTE_MS, START + 3 * MINUTE_MS]) {
      const plan = await planRestore({ store: world.store, keys: KEYS }, to);
      expect(plan.refused).toEqual([]);
      for (const { asOf } of plan.chains) expect(to - asOf).toBeLessThan(7 * MINUTE_MS + 1);
      await expectSound(world.store, plan);
    }
    await expect(planRestore({ store: world.store, keys: KEYS }, START - 1)).rejects.toThrow("no full backup");
  });

  it("F43: refuses 1,000 of 1,000 spoilt objects, and brings back the last good state without them", async () => {
    const names = [...world.store.objects.keys()];
    const chance = chanceOf(2026);
    for (let round = 0; round < 1_000; round++) {
      const store = copyOf(world.store);
      const key = names[chance(names.length)];
      MUTATIONS[round % MUTATIONS.length](store, key, chance);
      const plan = await planRestore({ store, keys: KEYS }, END);
      const used = [plan.manifest.id, ...plan.chains.flatMap(({ units }) => units.map((unit) => unit.key))];
      expect(used, `round ${round}`).not.toContain(key.startsWith(MANIFESTS) ? key.slice(MANIFESTS.length, -5) : key);
      if (round % 20 === 0) await expectSound(store, plan);
      const isOfNewest = readUnitKey(key)?.number === 0 && key.includes("/2026-03-02/");
      if (isOfNewest || key === world.manifests[1]) {
        expect(manifestKey(plan.manifest.id), `round ${round}`).toBe(world.manifests[0]);
      }
    }
  });

  it("refuses everything under another key, and opens what an earlier key sealed after a rotation", async () => {
    const other = readMasterKeys(`k1:${keyText(2)}`);
    await expect(planRestore({ store: world.store, keys: other }, END)).rejects.toThrow("no full backup");
    const rotated = readMasterKeys(`k2:${keyText(2)},k1:${keyText(1)}`);
    expect((await planRestore({ store: world.store, keys: rotated }, END)).refused).toEqual([]);
  });
});

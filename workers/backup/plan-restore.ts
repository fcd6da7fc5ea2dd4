import type { MasterKeys } from "../platform/key-ring.ts";
import type { BackupStore } from "./backup-store.ts";
import { type Manifest, type ManifestEntry, manifestAt, manifestId, readManifest } from "./manifest.ts";
import { openNamedUnit } from "./open-named-unit.ts";
import { BackupFault } from "./sealed-unit.ts";
import { chainAt, type UnitChain } from "./unit-chain.ts";
import { dayPrefix, daysBetween, MANIFESTS, type NamedUnit, readUnitKey } from "./unit-name.ts";

/** What a restore would bring back. */
export interface RestorePlan {
  readonly manifest: Manifest;
  /** The database first, then every object. */
  readonly chains: readonly UnitChain[];
  /** What was not used, and why. */
  readonly refused: readonly { readonly key: string; readonly reason: string }[];
}

export interface RestoreFrom {
  readonly store: Pick<BackupStore, "get" | "list">;
  readonly keys: MasterKeys;
}

/** A simulated venue stands for a broker, which nobody sets back: of it the newest is taken. */
const VENUE = "PaperVenueObject/";

/**
 * The newest state at or before an instant that everything can be brought back to. Each unit is opened before it counts: a
 * full backup of which anything is not exactly what was stored is passed over for the one before, and of increments the last
 * good one is taken. Throws `BackupFault` where nothing is left.
 */
export async function planRestore(from: RestoreFrom, to: number): Promise<RestorePlan> {
  const refused: { key: string; reason: string }[] = [];
  const keys = await from.store.list(MANIFESTS);
  const candidates = keys.filter((key) => (manifestAt(manifestId(key) ?? "") || Number.POSITIVE_INFINITY) <= to);
  const checked = new CheckedUnits(from, refused);
  for (const key of candidates.sort().reverse()) {
    try {
      const bytes = await from.store.get(key);
      if (bytes === undefined) throw new BackupFault("missing", `${key} is not there`);
      const manifest = await readManifest(from.keys, key, bytes);
      if (manifest.madeAt > to) continue;
      const chains = await chainsOf(from, { manifest, to, checked });
      return { manifest, chains, refused };
    } catch (error) {
      refused.push({ key, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new BackupFault("missing", "there is no full backup from before that instant that can be used");
}

async function chainsOf(
  { store }: RestoreFrom,
  { manifest, to, checked }: { manifest: Manifest; to: number; checked: CheckedUnits },
): Promise<UnitChain[]> {
  const bySource = new Map<string, NamedUnit[]>();
  // Bases of what the full backup holds were begun since its start; of what came later, later.
  for (const day of daysBetween(manifest.startedAt, to)) {
    for (const key of await store.list(dayPrefix(day))) {
      const unit = readUnitKey(key);
      if (unit === undefined) continue;
      const own = bySource.get(unit.source);
      if (own === undefined) bySource.set(unit.source, [unit]);
      else own.push(unit);
    }
  }
  const entries = new Map(manifest.entries.map((entry) => [entry.source, entry]));
  const chains: UnitChain[] = [];
  for (const source of new Set([...entries.keys(), ...bySource.keys()])) {
    const limit = source.startsWith(VENUE) ? Number.MAX_SAFE_INTEGER : to;
    const chain = await goodChain(bySource.get(source) ?? [], { entry: entries.get(source), to: limit, checked });
    if (chain === undefined && entries.has(source)) {
      throw new BackupFault("incomplete", `${source} cannot be brought back`);
    }
    if (chain !== undefined) chains.push(chain);
  }
  return chains.sort((a, b) =>
    a.source === "database" ? -1 : b.source === "database" ? 1 : a.source < b.source ? -1 : 1,
  );
}

async function goodChain(
  units: readonly NamedUnit[],
  { entry, to, checked }: { entry: ManifestEntry | undefined; to: number; checked: CheckedUnits },
): Promise<UnitChain | undefined> {
  const own = entry === undefined ? units : units.filter(({ epoch }) => epoch >= entry.epoch);
  const named = new Set(own.map(({ key }) => key));
  // A unit that the manifest names is needed whether or not a later base stands in for it.
  const lacking = entry?.units.find(({ key }) => !named.has(key));
  if (lacking !== undefined) throw new BackupFault("missing", `${lacking.key} is not there`);
  for (;;) {
    const chain = chainAt(own, { to, refused: checked.refused });
    if (chain === undefined) return undefined;
    const bad = await checked.firstBad(chain);
    if (bad === undefined) return chain;
  }
}

/** Units that were opened once. */
class CheckedUnits {
  readonly refused = new Set<string>();
  private readonly good = new Set<string>();
  private readonly from: RestoreFrom;
  private readonly told: { key: string; reason: string }[];

  constructor(from: RestoreFrom, told: { key: string; reason: string }[]) {
    this.from = from;
    this.told = told;
  }

  async firstBad({ units }: UnitChain): Promise<string | undefined> {
    for (const { key, source } of units) {
      if (this.good.has(key)) continue;
      try {
        await openNamedUnit(this.from, { key, source });
        this.good.add(key);
      } catch (error) {
        this.refused.add(key);
        this.told.push({ key, reason: error instanceof Error ? error.message : String(error) });
        return key;
      }
    }
    return undefined;
  }
}

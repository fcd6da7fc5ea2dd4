import type { Totals } from "./unit-lines.ts";

export interface StoredUnit {
  readonly key: string;
  readonly bytes: number;
}

/** A base with the increment that makes it whole, of one source. */
export interface SourceBackup {
  readonly source: string;
  readonly epoch: string;
  readonly at: number;
  readonly units: readonly StoredUnit[];
  readonly totals: Totals;
}

import { type AskedHold, Hold, type HoldParts } from "./hold.ts";

/** Accounts of one process: 200 need less than 256 MB. */
export const HOLDS_MAX = 400;

/** What a request to hold came to. */
export type HoldResult =
  | { readonly result: "held"; readonly hold: Hold }
  | { readonly result: "old"; readonly epoch: number }
  | { readonly result: "full" }
  | { readonly result: "draining" };

/** The accounts that a process holds streams of, one hold each. */
export class Holds {
  private readonly parts: HoldParts;
  private readonly holds = new Map<string, Hold>();
  private isDraining = false;

  constructor(parts: HoldParts) {
    this.parts = parts;
  }

  /**
   * Begins to hold an account's stream, in place of the one that was held for a lower epoch. The same epoch asked for
   * again is the same hold. Throws RangeError for a venue or credentials that are not known.
   */
  hold(asked: AskedHold): HoldResult {
    const { accountId, ownerId, request } = asked;
    if (this.isDraining) return { result: "draining" };
    const held = this.holds.get(accountId);
    // An account keeps its owner for ever: another one is an attempt on somebody's stream.
    if (held !== undefined && (held.epoch > request.epoch || held.ownerId !== ownerId)) {
      return { result: "old", epoch: held.epoch };
    }
    if (held?.epoch === request.epoch) return { result: "held", hold: held };
    if (held === undefined && this.holds.size >= HOLDS_MAX) return { result: "full" };
    const hold = new Hold(asked, this.parts, (gone) => this.letGo(accountId, gone));
    held?.end("replaced");
    this.holds.set(accountId, hold);
    hold.start();
    return { result: "held", hold };
  }

  /** Stops holding an account's stream. False where it was not held, or for a later epoch. */
  release(accountId: string, epoch: number): boolean {
    const held = this.holds.get(accountId);
    if (held === undefined || held.epoch > epoch) return false;
    this.holds.delete(accountId);
    held.end("released");
    return true;
  }

  /** Tells every account that this process ends, and takes no more. */
  drain(): void {
    this.isDraining = true;
    for (const hold of this.holds.values()) hold.end("drain");
    this.holds.clear();
  }

  /** Counts for the health page; nothing of them names anybody. */
  counts(): { holds: number; ready: number; heard: number; waiting: number; draining: boolean } {
    const all = [...this.holds.values()];
    return {
      holds: all.length,
      ready: all.filter(({ state }) => state === "ready").length,
      heard: all.filter(({ isHeard }) => isHeard).length,
      waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
      draining: this.isDraining,
    };
  }

  private letGo(accountId: string, gone: Hold): void {
    if (this.holds.get(accountId) !== gone) return;
    this.holds.delete(accountId);
    gone.end("released");
  }
}

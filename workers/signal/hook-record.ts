import { z } from "zod";
import { EditHook, type Hook, HookSettings } from "../../schema/wire/signal.ts";
import type { StoredHook } from "../auth/hook-token.ts";

/** Wrong proofs within the window, after which the address takes nothing for a while: nobody mistypes so often. */
export const WRONG_PROOFS_MAX = 20;
export const LOCK_MS = 15 * 60_000;

const HEARD_RESOLUTION_MS = 1_000;

type Kv = Pick<SyncKvStorage, "get" | "put" | "delete">;

interface Wrong {
  readonly count: number;
  readonly since: number;
  readonly lockedUntil: number | null;
}

/** A bot's address for signals, its settings and what was heard over it, in the bot's storage. */
export class HookRecord {
  private readonly kv: Kv;
  /** What is stored, checked: it is asked for several times with each message. */
  private known: HookSettings | undefined;

  constructor(kv: Kv) {
    this.kv = kv;
  }

  /** What the address is known by; undefined where there is none. */
  stored(): (StoredHook & { readonly madeAt: number }) | undefined {
    return this.kv.get("hook");
  }

  /** Takes a new address in the place of the old one. A new sender counts anew. */
  put(hook: StoredHook, madeAt: number): void {
    this.kv.put("hook", { ...hook, madeAt });
    this.kv.delete("wrongProofs");
    this.kv.delete("signalPlaces");
    this.expectFrom(madeAt);
  }

  drop(): boolean {
    const had = this.kv.get("hook") !== undefined;
    this.kv.delete("hook");
    this.kv.delete("wrongProofs");
    this.kv.delete("signalMissing");
    return had;
  }

  settings(): HookSettings {
    this.known ??= HookSettings.parse(this.kv.get("hookSettings") ?? {});
    return this.known;
  }

  edit(change: EditHook, now: number): void {
    const given = Object.entries(EditHook.parse(change)).filter(([, value]) => value !== undefined);
    const settings = HookSettings.parse({ ...this.settings(), ...Object.fromEntries(given) });
    this.kv.put("hookSettings", settings);
    this.known = settings;
    if (change.expectSeconds !== undefined) this.expectFrom(now);
  }

  heardAt(): number | null {
    return this.kv.get<number>("signalHeardAt") ?? null;
  }

  /** Something came that was understood. True where it had been missed. */
  heard(now: number): boolean {
    const missed = this.missingSince() !== null;
    // To the second is enough: a burst must not write it a thousand times.
    if (missed || now - (this.heardAt() ?? 0) >= HEARD_RESOLUTION_MS) this.kv.put("signalHeardAt", now);
    if (missed) this.kv.delete("signalMissing");
    return missed;
  }

  /** From when on something is waited for, where nothing was heard since: an address or a start is no signal. */
  expectFrom(now: number): void {
    this.kv.put("signalExpectedFrom", now);
    this.kv.delete("signalMissing");
  }

  missingSince(): number | null {
    return this.kv.get<number>("signalMissing") ?? null;
  }

  /** When something has to have been heard, UTC ms; undefined where nothing is expected or it is missing already. */
  expectedBy(): number | undefined {
    if (this.stored() === undefined || this.missingSince() !== null) return undefined;
    const { expectSeconds } = this.settings();
    if (expectSeconds === null) return undefined;
    const from = Math.max(this.heardAt() ?? 0, this.kv.get<number>("signalExpectedFrom") ?? 0);
    return from + expectSeconds * 1_000;
  }

  miss(now: number): void {
    this.kv.put("signalMissing", now);
  }

  lockedUntil(now: number): number | null {
    const until = this.wrong().lockedUntil;
    return until !== null && until > now ? until : null;
  }

  /** Counts a wrong proof. True where it was the one that locks. */
  wrongProof(now: number): boolean {
    const before = this.wrong();
    if (before.lockedUntil !== null && before.lockedUntil > now) return false;
    const fresh = now - before.since >= LOCK_MS;
    const count = (fresh ? 0 : before.count) + 1;
    const locks = count >= WRONG_PROOFS_MAX;
    const wrong: Wrong = locks
      ? { count: 0, since: now, lockedUntil: now + LOCK_MS }
      : { count, since: fresh ? now : before.since, lockedUntil: null };
    this.kv.put("wrongProofs", wrong);
    return locks;
  }

  private wrong(): Wrong {
    return this.kv.get<Wrong>("wrongProofs") ?? { count: 0, since: 0, lockedUntil: null };
  }

  view(now: number): Hook {
    const stored = this.stored();
    return {
      settings: this.settings(),
      active: stored !== undefined,
      ending: stored?.ending ?? null,
      madeAt: stored?.madeAt ?? null,
      heardAt: this.heardAt(),
      missingSince: this.missingSince(),
      lockedUntil: this.lockedUntil(now),
    };
  }
}

/** How signed messages are shown: `t=<UTC s>,v1=<HMAC-SHA-256 in hexadecimal over "<t>.<body>">`. */
export const SignatureHeader = z
  .string()
  .regex(/^t=\d{9,11},v1=[0-9a-f]{64}$/)
  .transform((text) => ({ seconds: Number(text.slice(2, text.indexOf(","))), signature: text.slice(-64) }));

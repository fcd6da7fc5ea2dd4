import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import type { Signal, SignalCheck, SignalReceipt, SignalWish } from "../../schema/wire/signal.ts";
import { signingKeyOf } from "../auth/hook-token.ts";
import type { Instrument } from "../core/candle/instrument.ts";
import { equalTexts, hexOf, hmacSha256, sha256Hex } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import { type HookRecord, SignatureHeader } from "./hook-record.ts";
import { judgeSignal, placeAfter, repeatKeyOf, type SignalPlace } from "./judge-signal.ts";
import { mapSymbol } from "./map-symbol.ts";
import { type ParsedMessage, parseMessage, type SignalMessage } from "./parse-message.ts";
import type { SignalStore } from "./signal-store.ts";

/** A signed message is taken this long after and before its own time. */
export const SIGNED_MS_MAX = 60_000;

/** A message as it came in. */
export interface HookCall {
  /** Of the token that it was sent to. */
  readonly hash: string;
  readonly body: string;
  /** The header that signs it. */
  readonly signature: string | undefined;
}

/** What the sender is answered. */
export type HookReply =
  /** There is no such address any more. */
  | { readonly type: "none" }
  | { readonly type: "locked"; readonly until: number }
  | { readonly type: "unproven"; readonly detail: string }
  /** The very same signed message came before. */
  | { readonly type: "repeated" }
  | { readonly type: "refused"; readonly issues: readonly ProblemIssue[]; readonly receipt: SignalReceipt }
  | { readonly type: "taken"; readonly receipt: SignalReceipt };

interface IntakeParts {
  readonly env: Env;
  readonly storage: DurableObjectStorage;
  readonly hook: HookRecord;
  readonly signals: SignalStore;
  readonly now: () => number;
  readonly newId: () => string;
  readonly instruments: () => readonly Instrument[];
  /** Why the bot does not act on such a wish as it stands; undefined where it does. */
  readonly denial: (wish: SignalWish) => string | undefined;
  readonly locked: () => void;
  readonly heardAgain: () => void;
}

type Found = { readonly message: SignalMessage & { wish: SignalWish }; readonly instrument: string };

/**
 * Takes messages in: proves, reads and judges each, and writes it down before its sender is answered. Everything after the
 * proof happens in one piece, so that two of the same at the same moment are told apart.
 */
export class SignalIntake {
  private readonly parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.parts = parts;
  }

  async receive({ hash, body, signature }: HookCall): Promise<HookReply> {
    const { hook, storage, now } = this.parts;
    const stored = hook.stored();
    if (stored === undefined || !equalTexts(stored.hash, hash)) return { type: "none" };
    const lockedUntil = hook.lockedUntil(now());
    if (lockedUntil !== null) return { type: "locked", until: lockedUntil };
    const parsed = parseMessage(body);
    const proof = await this.prove(parsed, { body, signature });
    if (proof.type === "wrong") {
      if (hook.wrongProof(now())) this.parts.locked();
      return { type: "unproven", detail: proof.detail };
    }
    if (proof.type !== "proven") return { type: "unproven", detail: proof.detail };
    // What was taken away meanwhile takes nothing more.
    if (hook.stored()?.hash !== stored.hash) return { type: "none" };
    return storage.transactionSync(() => this.take(parsed, proof.signature));
  }

  /** How a message would be taken, proof apart, with nothing written down. */
  check(body: string): SignalCheck {
    const parsed = parseMessage(body);
    const none = { wish: null, instrument: null, terms: {} };
    if (!parsed.ok) return { ...none, state: "refused", reason: describe(parsed.issues) };
    const { message } = parsed;
    if (message.wish === "heartbeat") return { ...none, state: "heartbeat", reason: null };
    const mapped = this.map(message);
    if ("issue" in mapped) return { ...none, state: "refused", reason: describe([mapped.issue]) };
    const found = { message: { ...message, wish: message.wish }, instrument: mapped.instrument };
    const { state, reason } = this.judge(found);
    return { state, reason, wish: message.wish, instrument: mapped.instrument, terms: message.terms };
  }

  /** Writes down that a signal shall be acted on again, under an id of its own. The same id again is the same signal. */
  replay({ id, of }: { readonly id: string; readonly of: string }): Signal | "none" | "not-understood" {
    const { signals, storage, now, denial } = this.parts;
    return storage.transactionSync(() => {
      const known = signals.get(id);
      if (known !== undefined) return known;
      const before = signals.get(of);
      if (before === undefined) return "none";
      const { wish, instrument, terms } = before;
      if (wish === null || instrument === null) return "not-understood";
      const reason = denial(wish) ?? null;
      const state = reason === null ? "received" : "denied";
      const place = { sentAt: null, barAt: null, key: null, replayOf: of };
      return signals.add({ id, at: now(), wish, instrument, terms, state, reason, ...place });
    });
  }

  private async prove(
    parsed: ParsedMessage,
    { body, signature }: { readonly body: string; readonly signature: string | undefined },
  ): Promise<
    | { readonly type: "proven"; readonly signature: { readonly text: string; readonly until: number } | undefined }
    | { readonly type: "wrong" | "late"; readonly detail: string }
  > {
    const { hook, env, now } = this.parts;
    const stored = hook.stored();
    const { proof } = hook.settings();
    const secret = parsed.ok ? parsed.message.secret : parsed.secret;
    if (stored === undefined) return { type: "wrong", detail: "There is no address." };
    if (secret !== undefined || proof === "secret") {
      const right = secret !== undefined && equalTexts(await sha256Hex(secret), stored.secretHash);
      if (!right) return { type: "wrong", detail: "secret must be that of this address." };
    }
    if (signature === undefined) {
      if (proof !== "signature") return { type: "proven", signature: undefined };
      return { type: "wrong", detail: "X-ApexTrade-Signature must sign the message." };
    }
    const header = SignatureHeader.safeParse(signature).data;
    const form = "X-ApexTrade-Signature must be t=<UTC s>,v1=<HMAC-SHA-256 in hexadecimal over t, a dot and the body>.";
    if (header === undefined) return { type: "wrong", detail: form };
    const expected = hexOf(await hmacSha256(await signingKeyOf(env, stored.seed), `${header.seconds}.${body}`));
    if (!equalTexts(expected, header.signature)) return { type: "wrong", detail: form };
    const signedAt = header.seconds * 1_000;
    if (Math.abs(now() - signedAt) > SIGNED_MS_MAX) {
      const off = Math.round(Math.abs(now() - signedAt) / 1_000);
      return { type: "late", detail: `t must be within ${SIGNED_MS_MAX / 1_000} s of our clock, was ${off} s off.` };
    }
    return { type: "proven", signature: { text: header.signature, until: signedAt + 2 * SIGNED_MS_MAX } };
  }

  private take(parsed: ParsedMessage, signature: { text: string; until: number } | undefined): HookReply {
    const { signals, now } = this.parts;
    if (signature !== undefined) {
      const fresh = signals.takeSignature(signature.text, { until: signature.until, now: now() });
      if (!fresh) return { type: "repeated" };
    }
    if (!parsed.ok) return this.refuse(parsed.issues);
    const { message } = parsed;
    if (message.wish === "heartbeat") {
      this.heard();
      return { type: "taken", receipt: { id: this.parts.newId(), state: "heartbeat", reason: null } };
    }
    const mapped = this.map(message);
    if ("issue" in mapped) return this.refuse([mapped.issue], message);
    this.heard();
    return this.record({ message: { ...message, wish: message.wish }, instrument: mapped.instrument });
  }

  private heard(): void {
    if (this.parts.hook.heard(this.parts.now())) this.parts.heardAgain();
  }

  private map(message: SignalMessage) {
    const names = this.parts.hook.settings().symbols;
    return mapSymbol(message.symbol, { instruments: this.parts.instruments(), names });
  }

  private judge({ message, instrument }: Found) {
    const { hook, signals, denial } = this.parts;
    const now = this.parts.now();
    const settings = hook.settings();
    const key = repeatKeyOf(message, { instrument, settings });
    const repeated = signals.repeated(key, { instrument, now });
    const newest = this.places()[instrument];
    const judged = judgeSignal(message, { now, settings, newest, repeated });
    const reason = judged.state === "received" ? denial(message.wish) : undefined;
    const { state } = judged;
    return {
      key: state === "received" ? key.key : null,
      now,
      ...judged,
      ...(reason && { state: "denied" as const, reason }),
    };
  }

  private record(found: Found): HookReply {
    const { signals, storage, newId } = this.parts;
    const { message, instrument } = found;
    const { key, now, state, reason } = this.judge(found);
    const { wish, terms, sentAt = null, barAt = null } = message;
    const about = { wish, instrument, terms, sentAt, barAt, replayOf: null };
    const { id } = signals.add({ id: newId(), at: now, ...about, key, state, reason });
    const receipt = { id, state, reason };
    if (state === "refused") return { type: "refused", issues: [{ field: "", rule: reason ?? "" }], receipt };
    const places = this.places();
    if (key !== null) {
      storage.kv.put("signalPlaces", { ...places, [instrument]: placeAfter(places[instrument], message) });
    }
    return { type: "taken", receipt };
  }

  private refuse(issues: readonly ProblemIssue[], message?: SignalMessage): HookReply {
    const { signals, now, newId } = this.parts;
    const reason = describe(issues);
    const about = { wish: null, instrument: null, terms: {}, key: null, replayOf: null };
    const { sentAt = null, barAt = null } = message ?? {};
    const { id } = signals.add({ id: newId(), at: now(), ...about, sentAt, barAt, state: "refused", reason });
    return { type: "refused", issues, receipt: { id, state: "refused", reason } };
  }

  private places(): Readonly<Record<string, SignalPlace>> {
    return this.parts.storage.kv.get<Record<string, SignalPlace>>("signalPlaces") ?? {};
  }
}

const ISSUES_TOLD = 3;
const REASON_CHARACTERS_MAX = 400;

/** Broken rules in a line: field, rule and value of the first few. */
function describe(issues: readonly ProblemIssue[]): string {
  const told = issues.slice(0, ISSUES_TOLD).map(({ field, rule, value }) => {
    const was = value === undefined ? "" : `, was ${JSON.stringify(value)}`;
    return `${field === "" ? "The message" : field} ${rule}${was}`;
  });
  return told.join("; ").slice(0, REASON_CHARACTERS_MAX);
}

import type { ConnectionFacts, ConnectionState, VenueCredentials } from "../../../schema/wire/connection.ts";
import { type VenueDeps, venueFacts } from "../../brokers/registry.ts";
import { VenueRefusal, VenueSilence } from "../../brokers/request/venue-reply.ts";
import { UnreadableKey } from "../../brokers/unreadable-key.ts";
import { invalid, type ProblemError, unavailable } from "../../platform/problem-error.ts";
import { ASK_AGAIN_SECONDS } from "./answered-by-venue.ts";

export const NOTHING_KNOWN: ConnectionFacts = {
  accountNumber: "",
  currency: "",
  canTrade: false,
  canWithdraw: null,
  addressBound: null,
  permissions: [],
  warnings: [],
};

/** What a venue says of a key. `problem` and `refusal` say what is wrong where it is not working. */
export type VenueAnswer =
  | { readonly state: "working"; readonly problem: null; readonly facts: ConnectionFacts }
  | { readonly state: "waiting"; readonly problem: null; readonly facts: ConnectionFacts }
  | {
      readonly state: Exclude<ConnectionState, "working" | "waiting">;
      readonly problem: string;
      readonly facts: ConnectionFacts;
      readonly refusal: ProblemError;
    };

/** Asks a venue for the account of a key. Never throws for the venue's sake. */
export async function askVenue(deps: VenueDeps, credentials: VenueCredentials): Promise<VenueAnswer> {
  try {
    const facts = await venueFacts(deps, credentials);
    const { canWithdraw, addressBound, permissions, warnings, ...rest } = facts;
    const shown = { permissions: [...permissions], warnings: [...warnings] };
    const unsaid = { canWithdraw: canWithdraw ?? null, addressBound: addressBound ?? null };
    return { state: "working", problem: null, facts: { ...rest, ...unsaid, ...shown } };
  } catch (error) {
    if (error instanceof VenueRefusal) {
      const problem = `The venue refuses the key: ${error.message}`;
      const refusal = invalid("credentials", `must be accepted by the venue, which says: ${error.message}`);
      return { state: "refused", problem, facts: NOTHING_KNOWN, refusal };
    }
    if (error instanceof UnreadableKey) return unreadable(`credentials.${error.field}`, error.rule);
    if (isUnreadable(error)) {
      return unreadable("credentials", "must be keys as the venue gives them: they cannot be read as such");
    }
    if (!(error instanceof VenueSilence)) throw error;
    const problem = `The venue did not answer: ${error.message}`;
    const refusal = unavailable(`${problem}. Nothing was kept; try again in a moment.`, ASK_AGAIN_SECONDS);
    return { state: "unreachable", problem, facts: NOTHING_KNOWN, refusal };
  }
}

function unreadable(field: string, rule: string): VenueAnswer {
  return {
    state: "refused",
    problem: `The key cannot be read: ${field} ${rule}.`,
    facts: NOTHING_KNOWN,
    refusal: invalid(field, rule),
  };
}

/** What adapters and the platform's cryptography throw for a key that is none: its text is not told on. */
function isUnreadable(error: unknown): boolean {
  return error instanceof RangeError || error instanceof DOMException;
}

import { VenueRefusal, VenueSilence } from "../brokers/request/venue-reply.ts";

/**
 * What became of a call to a connection's object. Errors lose their kind on the way between objects, and whether a venue
 * refused or kept silent is what the desk goes by.
 */
export type ToldAnswer<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "refusal"; readonly code: string; readonly message: string; readonly isKey: boolean }
  | { readonly kind: "silence"; readonly message: string; readonly isSent: boolean; readonly retryAt: number | null };

/** The end of `work` as it can be told. Throws what is neither an answer nor a venue's. */
export async function toldAnswer<T>(work: () => Promise<T>): Promise<ToldAnswer<T>> {
  try {
    return { kind: "answer", value: await work() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof VenueRefusal) return { kind: "refusal", code: error.code, message, isKey: error.isKey };
    if (!(error instanceof VenueSilence)) throw error;
    return { kind: "silence", message, isSent: error.isSent, retryAt: error.retryAt ?? null };
  }
}

/** What was answered. Throws `VenueSilence` and `VenueRefusal` as they were thrown there. */
export function heardAnswer<T>(told: ToldAnswer<T>): T {
  switch (told.kind) {
    case "answer":
      return told.value;
    case "refusal":
      throw new VenueRefusal(told.code, told.message, { isKey: told.isKey });
    case "silence":
      throw new VenueSilence(told.message, { isSent: told.isSent, retryAt: told.retryAt ?? undefined });
  }
}

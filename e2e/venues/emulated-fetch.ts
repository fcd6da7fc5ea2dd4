import type { EmulatedRequest, VenueEmulator } from "./venue-emulator.ts";

/** Requests and replies that went by, for tests that look at them. */
export interface FetchRecord {
  readonly request: EmulatedRequest;
  readonly at: number;
}

/** The platform's `fetch` onto an emulator in the same process. What hangs is never answered. */
export function emulatedFetch(
  venue: VenueEmulator,
  { now = () => 0, record }: { readonly now?: () => number; readonly record?: (made: FetchRecord) => void } = {},
) {
  return async (url: string, init: RequestInit): Promise<Response> => {
    const request = requestOf(url, init);
    record?.({ request, at: now() });
    const reply = venue.faults.handle(venue, request);
    if (reply === "hang") return new Promise<Response>(() => undefined);
    const hasBody = reply.status !== 204 && reply.status !== 304;
    return new Response(hasBody ? reply.body : null, { status: reply.status, headers: reply.headers ?? {} });
  };
}

function requestOf(url: string, { method = "GET", headers, body }: RequestInit): EmulatedRequest {
  const { pathname: path, search } = new URL(url);
  return {
    method,
    path,
    rawQuery: search.slice(1),
    headers: Object.fromEntries(new Headers(headers)),
    body: typeof body === "string" ? body : "",
  };
}

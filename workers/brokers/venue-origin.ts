import { z } from "zod";

/** The part of an environment that says so. */
export interface VenueOrigins {
  readonly VENUE_ORIGINS?: string | undefined;
}

const Origins = z.record(z.string(), z.url({ protocol: /^https?$/ }));

/**
 * Another address of a venue's environment, where this server is set to one: a stand-in on a developer's machine. Undefined
 * in every deployment. Throws where the setting is no JSON of origins.
 */
export function venueOrigin(
  { VENUE_ORIGINS: text }: VenueOrigins,
  { venue, environment }: { readonly venue: string; readonly environment: string },
): string | undefined {
  if (text === undefined || text === "") return undefined;
  return Origins.parse(JSON.parse(text))[`${venue}.${environment}`]?.replace(/\/$/, "");
}

/** The same host for web sockets. */
export function socketOrigin(origin: string): string {
  return origin.replace(/^http/, "ws");
}

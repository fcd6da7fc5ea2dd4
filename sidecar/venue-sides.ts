import { VenueCredentials } from "../schema/wire/connection.ts";
import type { HoldRequest } from "../schema/wire/sidecar.ts";
import { openUserStream } from "../workers/brokers/keyed-venues.ts";
import type { StreamScript } from "../workers/brokers/venue-stream.ts";
import { xtsStreamOf } from "../workers/brokers/xts/stream.ts";
import type { BeatSettings } from "./account-line.ts";
import type { BridgeListener } from "./bridge-listener.ts";
import { BridgeSide } from "./bridge-side.ts";
import type { Connect } from "./connection.ts";
import type { AskedHold } from "./hold.ts";
import type { Timers } from "./timers.ts";
import { VenueLine, type VenueListener, type VenueSide } from "./venue-line.ts";

type MakeScript = () => StreamScript | Promise<StreamScript>;

/**
 * What makes the script of a fresh connection. Throws RangeError where the venue has no stream, or the credentials are not
 * as it needs them. XTS is handed the token of the account's own session: a log-in of ours would end that.
 */
function scriptOf(request: HoldRequest, now: () => number): MakeScript {
  const { venue, environment, credentials, instruments } = request;
  if (venue === "XTS") return xtsStreamOf(request);
  const parsed = VenueCredentials.safeParse({ ...credentials, venue, environment });
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new RangeError(`credentials.${field} is not as ${venue} needs it`);
  }
  const { VENUE_ORIGINS } = process.env;
  return () => openUserStream({ env: { VENUE_ORIGINS }, now }, parsed.data, instruments);
}

export interface VenueSideParts {
  readonly connect: Connect;
  readonly timers: Timers;
  readonly beats: BeatSettings;
  /** The port of terminals, where there is one. */
  readonly listener: BridgeListener | undefined;
}

/** The venue's side of a hold. Throws RangeError for a venue that is not known. */
export function venueSideOf({ request }: AskedHold, told: VenueListener, parts: VenueSideParts): VenueSide {
  const { connect, timers, listener, beats } = parts;
  if (request.venue === "MT5") {
    if (listener === undefined) throw new RangeError("this sidecar has no port for terminals: set MT5_PORT");
    return new BridgeSide(request, { listener, timers, told });
  }
  return new VenueLine({ script: scriptOf(request, timers.now), connect, timers, beats, listener: told });
}

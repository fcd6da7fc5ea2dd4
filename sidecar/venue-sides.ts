import type { HoldRequest } from "../schema/wire/sidecar.ts";
import type { StreamScript } from "../workers/brokers/venue-stream.ts";
import { xtsStreamOf } from "../workers/brokers/xts/stream.ts";
import type { BeatSettings } from "./account-line.ts";
import type { BridgeListener } from "./bridge-listener.ts";
import { BridgeSide } from "./bridge-side.ts";
import type { Connect } from "./connection.ts";
import type { AskedHold } from "./hold.ts";
import type { Timers } from "./timers.ts";
import { VenueLine, type VenueListener, type VenueSide } from "./venue-line.ts";

/**
 * Streams that are dialled, by venue: what makes the script of a fresh connection. Called with a hold's request it throws
 * RangeError where the credentials or the environment are not as the venue needs them.
 */
export const VENUE_STREAMS: Readonly<Record<string, (request: HoldRequest) => () => StreamScript>> = {
  XTS: xtsStreamOf,
};

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
  const stream = VENUE_STREAMS[request.venue];
  if (stream === undefined) throw new RangeError(`venue must have a stream, was ${request.venue}`);
  return new VenueLine({ script: stream(request), connect, timers, beats, listener: told });
}

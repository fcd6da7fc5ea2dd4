import { randomUUID } from "node:crypto";
import { issueSidecarToken } from "../workers/auth/sidecar-token.ts";
import { BridgeListener } from "./bridge-listener.ts";
import { connectOverNetwork } from "./connection.ts";
import { RING_BOUNDS } from "./hold.ts";
import { holdServer } from "./hold-server.ts";
import { Holds } from "./holds.ts";
import { readSettings } from "./settings.ts";
import { PROCESS_TIMERS } from "./timers.ts";
import { venueSideOf } from "./venue-sides.ts";

/** Holds brokers' streams for accounts: see README.md beside this file. Says its ports once it listens. */
const settings = readSettings(process.env);
const timers = PROCESS_TIMERS;
const { bridge } = settings;
const listener = bridge === undefined ? undefined : new BridgeListener({ timers, tls: bridge.tls });
const holds = new Holds({
  connect: connectOverNetwork,
  timers,
  beats: settings.beats,
  bounds: RING_BOUNDS,
  newId: randomUUID,
  token: (claims) =>
    issueSidecarToken(settings.key, "sidecar", { ...claims, tokenId: randomUUID(), nowMs: timers.now() }),
  venueSide: (asked, told) =>
    venueSideOf(asked, told, { connect: connectOverNetwork, timers, beats: settings.beats, listener }),
});
const server = holdServer({ holds, key: settings.key, timers, callbackOrigins: settings.callbackOrigins });

server.listen(settings.port, settings.host, () => say("listening", server.address()));
if (listener !== undefined && bridge !== undefined) {
  listener.server.listen(bridge.port, settings.host, () => say("terminals", listener.server.address()));
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => drain(signal));

// Told only where somebody started this with a channel: whatever ended them, nobody is left to end this.
process.once("disconnect", () => drain("the end of who started it"));

/** Tells every account, stops listening, and is gone within its time whatever hangs. */
function drain(signal: string): void {
  console.log(JSON.stringify({ event: "draining", signal, ...holds.counts() }));
  holds.drain();
  server.close();
  listener?.server.close();
  // What has been said has left by then.
  timers.after(Math.min(500, settings.drainMs), () => process.exit(0));
}

function say(event: string, address: ReturnType<typeof server.address>): void {
  const port = typeof address === "object" && address !== null ? address.port : 0;
  console.log(JSON.stringify({ event, port }));
}

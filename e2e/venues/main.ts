import { parseArgs } from "node:util";
import { EmulatedTerminal } from "./mt5/emulated-terminal.ts";
import { Mt5Emulator } from "./mt5/mt5-emulator.ts";
import { serveVenue } from "./venue-server.ts";
import { VENUES } from "./venues.ts";

/**
 * Starts the emulator of a venue: `npx node e2e/venues/main.ts <venue> [--port 9101]`. That of a terminal dials a bridge with the
 * key that the page showed: `mt5 --dial 127.0.0.1:8443 --key-id con_… --secret …`.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "0" },
    dial: { type: "string" },
    "key-id": { type: "string", default: "1" },
    secret: { type: "string", default: "" },
  },
});
const [name = ""] = positionals;
const open = VENUES[name];
const port = Number(values.port);
if (open === undefined || !Number.isInteger(port)) {
  console.error(`usage: npx node e2e/venues/main.ts <${Object.keys(VENUES).join("|")}> [--port 9101]`);
  process.exit(2);
}
const venue = open({
  now: Date.now,
  random: Math.random,
  after: (delayMs, act) => void setTimeout(act, delayMs),
});
if (venue instanceof Mt5Emulator && values.dial !== undefined) {
  const [host = "", bridge = ""] = values.dial.split(":");
  Object.assign(venue.keys, { keyId: values["key-id"], secret: values.secret });
  new EmulatedTerminal(venue, { host, port: Number(bridge) });
}
const server = await serveVenue(venue, { port, market: "goes-on" });
console.log(`${venue.name} at ${server.url}, control at ${server.url}/control/trade and ${server.url}/control/fault`);
for (const [key, value] of Object.entries(venue.keys)) console.log(`${key}: ${value}`);

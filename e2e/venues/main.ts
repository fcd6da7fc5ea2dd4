import { serveVenue } from "./venue-server.ts";
import { VENUES } from "./venues.ts";

/** Starts the emulator of a venue: `node e2e/venues/main.ts <venue> [--port 9101]`. */
const [name = "", ...rest] = process.argv.slice(2);
const open = VENUES[name];
const port = rest[0] === "--port" ? Number(rest[1]) : 0;
if (open === undefined || !Number.isInteger(port)) {
  console.error(`usage: node e2e/venues/main.ts <${Object.keys(VENUES).join("|")}> [--port 9101]`);
  process.exit(2);
}
const venue = open({
  now: Date.now,
  random: Math.random,
  after: (delayMs, act) => void setTimeout(act, delayMs),
});
const server = await serveVenue(venue, port);
console.log(`${venue.name} at ${server.url}, control at ${server.url}/control/trade and ${server.url}/control/fault`);
for (const [key, value] of Object.entries(venue.keys)) console.log(`${key}: ${value}`);

import { BinanceEmulator } from "./binance/binance-emulator.ts";
import { EmulatedTerminal } from "./mt5/emulated-terminal.ts";
import { Mt5Emulator } from "./mt5/mt5-emulator.ts";
import { beginMarket } from "./stand-in-market.ts";
import { readStandInOptions, STAND_IN_HELP, type StandInOptions } from "./stand-in-options.ts";
import type { VenueEmulator } from "./venue-emulator.ts";
import { serveVenue } from "./venue-server.ts";
import { VENUES } from "./venues.ts";
import { XtsEmulator } from "./xts/xts-emulator.ts";

/*
 * Starts the stand-in of a venue: `npx node e2e/venues/main.ts binance --port 9101`. That of a terminal dials a bridge with
 * the key that the page showed. Exits 1 where the options are wrong or the port is taken.
 */
const options = readStandInOptions(process.argv.slice(2));
if (options === "help") console.log(STAND_IN_HELP);
else if ("wrong" in options) fail(options.wrong);
else await serve(options).catch((error) => fail(wordsOf(error, options)));

async function serve({ venue: name, port, isAlwaysOpen, canWithdraw, terminal }: StandInOptions): Promise<void> {
  const open = VENUES[name];
  if (open === undefined) throw new RangeError(`there must be a venue ${name}`);
  const venue = open({
    now: Date.now,
    random: Math.random,
    after: (delayMs, act) => void setTimeout(act, delayMs),
  });
  if (venue instanceof XtsEmulator) venue.isAlwaysOpen = isAlwaysOpen;
  if (venue instanceof BinanceEmulator) venue.restrictions.enableWithdrawals = canWithdraw;
  beginMarket(venue);
  const server = await serveVenue(venue, { port, market: "goes-on" });
  if (venue instanceof Mt5Emulator && terminal !== undefined) {
    const { host, port: bridge, keyId, secret } = terminal;
    Object.assign(venue.keys, { keyId, secret });
    new EmulatedTerminal(venue, { host, port: bridge });
  }
  console.log(`${venue.name} at ${server.url}, control at ${server.url}/control/trade, /order and /fault`);
  for (const [key, value] of Object.entries(shownKeys(venue))) console.log(`${key}: ${value}`);
}

/** What the page asks for. The key of a terminal is made by the page. */
function shownKeys(venue: VenueEmulator): Readonly<Record<string, string>> {
  if (!(venue instanceof Mt5Emulator)) return venue.keys;
  const { login, server } = venue.keys;
  return { login, server };
}

function wordsOf(error: unknown, { port }: StandInOptions): string {
  const { code } = error as { readonly code?: string };
  if (code === "EADDRINUSE") return `--port must be free, was ${port}, which a program listens on already`;
  if (code === "EACCES") return `--port must be one that you may listen on, was ${port}`;
  return error instanceof Error ? error.message : String(error);
}

function fail(text: string): void {
  console.error(text);
  process.exitCode = 1;
}

import { setTimeout as wait } from "node:timers/promises";
import { EmulatedTerminal } from "../e2e/venues/mt5/emulated-terminal.ts";
import { Mt5Emulator } from "../e2e/venues/mt5/mt5-emulator.ts";
import type { VenueEmulator } from "../e2e/venues/venue-emulator.ts";
import { serveVenue } from "../e2e/venues/venue-server.ts";
import { VENUES } from "../e2e/venues/venues.ts";
import { LocalRuntime } from "../ops/runtime/local-runtime.ts";
import { freePort } from "../ops/start/free-port.ts";
import { localSecrets } from "../ops/start/local-secrets.ts";
import { parsePrice } from "../workers/core/ledger/decimal-text.ts";
import { ApiClient } from "./api-client.ts";
import { DRILLED, type DrilledVenue } from "./drilled-venue.ts";
import { type SidecarProcess, startSidecar } from "./sidecar-stage.ts";

const TERMINAL_MS_MAX = 30_000;
const LOOK_EVERY_MS = 250;

/** The whole runtime, an emulated venue in this process, and an account of ours at it. */
export interface VenueStage {
  readonly drilled: DrilledVenue;
  readonly emulator: VenueEmulator;
  readonly runtime: LocalRuntime;
  readonly api: ApiClient;
  readonly account: string;
  /** Ends the sidecar with -9 and starts another; undefined where the venue needs none. */
  readonly killSidecar: (() => Promise<void>) | undefined;
  readonly close: () => Promise<void>;
}

/** `random` decides what the emulator leaves to chance. Throws where the drill does not know the venue. */
export async function openVenueStage(name: string, random: () => number): Promise<VenueStage> {
  const drilled = DRILLED[name];
  const open = VENUES[name];
  if (drilled === undefined || open === undefined) {
    throw new RangeError(`venue must be one of ${Object.keys(DRILLED).join(", ")}, was ${name}`);
  }
  const after = (delayMs: number, act: () => void) => void setTimeout(act, delayMs);
  const emulator = open({ now: Date.now, random, after });
  emulator.book.trade(drilled.symbol, parsePrice(String(drilled.price), "price"));
  const server = await serveVenue(emulator);
  const ends: (() => unknown)[] = [() => server.close()];
  const close = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const port = await freePort();
    const line = drilled.isTerminal === true ? await terminalLine(`ws://127.0.0.1:${port}`) : undefined;
    const VENUE_ORIGINS = JSON.stringify({ [`${drilled.venue}.${drilled.environment}`]: server.url });
    const vars = { DRILL_BROKER: "", VENUE_ORIGINS, ...line?.vars };
    const runtime = await LocalRuntime.make({ main: "workers/drill.ts", port, vars });
    ends.push(() => runtime.remove());
    const { secrets } = localSecrets(runtime.state);
    if (line !== undefined) {
      await line.begin(secrets.SIDECAR_SECRET);
      ends.push(line.end);
    }
    await runtime.start();
    const api = new ApiClient(runtime.origin, secrets.DEMO_PASSWORD);
    await api.signUp();
    await api.renew();
    const connectionId = await connect(api, { drilled, emulator, line });
    const market = { kind: "venue", connectionId, instruments: [drilled.instrument] };
    const account = await api.openAccount(`Drill at ${name}`, market, undefined, drilled.currency);
    return { drilled, emulator, runtime, api, account, close, killSidecar: line?.kill };
  } catch (error) {
    await close();
    throw error;
  }
}

type TerminalLine = Awaited<ReturnType<typeof terminalLine>>;

/** A sidecar for terminals, and a terminal that dials it. */
async function terminalLine(callbacks: string) {
  const [sidecarPort, bridgePort] = [await freePort(), await freePort()];
  let secret = "";
  let sidecar: SidecarProcess | undefined;
  let terminal: EmulatedTerminal | undefined;
  const begin = async (secretOfBoth: string) => {
    secret = secretOfBoth;
    const ports = { SIDECAR_PORT: String(sidecarPort), MT5_PORT: String(bridgePort) };
    sidecar = await startSidecar([callbacks], { ...ports, SIDECAR_SECRET: secret });
  };
  return {
    vars: {
      SIDECAR_URL: `http://127.0.0.1:${sidecarPort}`,
      SIDECAR_CALLBACKS: callbacks,
      BRIDGE_ADDRESS: `127.0.0.1:${bridgePort}`,
    },
    begin,
    dial: (emulator: Mt5Emulator) => {
      terminal = new EmulatedTerminal(emulator, { port: bridgePort });
    },
    kill: async () => {
      sidecar?.child.kill("SIGKILL");
      await begin(secret);
    },
    end: () => {
      terminal?.end();
      sidecar?.child.kill("SIGKILL");
    },
  };
}

/** Keeps the venue's keys, and waits for its terminal where it has one. Answers the connection's id. */
async function connect(
  api: ApiClient,
  { drilled, emulator, line }: Pick<VenueStage, "drilled" | "emulator"> & { line: TerminalLine | undefined },
): Promise<string> {
  const { venue, environment, credentials } = drilled;
  const connectionId = await api.connect({ venue, environment, ...credentials(emulator.keys) });
  if (line === undefined || !(emulator instanceof Mt5Emulator)) return connectionId;
  Object.assign(emulator.keys, { keyId: connectionId });
  line.dial(emulator);
  const deadline = Date.now() + TERMINAL_MS_MAX;
  while ((await api.connectionState(connectionId)) !== "working") {
    if (Date.now() > deadline) throw new Error(`the terminal must be known within ${TERMINAL_MS_MAX} ms, was not`);
    await wait(LOOK_EVERY_MS);
  }
  return connectionId;
}

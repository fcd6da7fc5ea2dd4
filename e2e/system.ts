import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { freePort } from "../ops/start/free-port.ts";
import { AlpacaEmulator } from "./venues/alpaca/alpaca-emulator.ts";
import { BinanceEmulator } from "./venues/binance/binance-emulator.ts";
import { OandaEmulator } from "./venues/oanda/oanda-emulator.ts";
import { serveVenue } from "./venues/venue-server.ts";
import { XtsEmulator } from "./venues/xts/xts-emulator.ts";

/** The page is built and the database made first: on a slow machine that takes most of this. */
const START_MS_MAX = 180_000;
const STOP_MS_MAX = 10_000;

declare module "vitest" {
  interface ProvidedContext {
    /** Address of the system under test; empty where there is no browser to test with. */
    baseUrl: string;
    chromiumPath: string;
    /** Where the system under test keeps its state. */
    stateDirectory: string;
    /** Stand-ins for venues: where they are, and the keys that they take. */
    venues: Readonly<Record<string, { readonly url: string; readonly keys: Readonly<Record<string, string>> }>>;
  }
}

let child: ChildProcess | undefined;
let stateDirectory: string | undefined;
let standIns: StandIn[] = [];

interface StandIn {
  readonly venue: string;
  readonly url: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Starts the whole system on a fresh state. Without Chromium nothing is started, and the tests are skipped. */
export async function setup(project: TestProject): Promise<void> {
  const chromiumPath = findChromium();
  if (chromiumPath === undefined) {
    project.provide("baseUrl", "");
    project.provide("chromiumPath", "");
    project.provide("stateDirectory", "");
    project.provide("venues", {});
    return;
  }
  stateDirectory = mkdtempSync(join(tmpdir(), "apextrade-e2e-"));
  const port = await freePort();
  standIns = await startStandIns();
  const origins = standIns.flatMap(({ venue, url }) => ["--stand-in", `${venue}=${url}`]);
  const served = ["--port", String(port), "--state", stateDirectory, "--always-open"];
  const options = [...served, "--sidecar", "--terminal-port", "0", ...origins];
  child = spawn(process.execPath, ["ops/start.ts", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
    // The test runner's own mode would build the page for development.
    env: { ...process.env, NODE_ENV: "production" },
  });
  // What the server says is kept beside its state, where it is searched for secrets like the rest.
  const log = createWriteStream(join(stateDirectory, "server.log"));
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  await ready(child);
  project.provide("baseUrl", `http://localhost:${port}`);
  project.provide("chromiumPath", chromiumPath);
  project.provide("stateDirectory", stateDirectory);
  project.provide("venues", Object.fromEntries(standIns.map(({ venue, url, keys }) => [venue, { url, keys }])));
}

/** Emulators of the venues that accounts can trade at, each on an address of its own. */
function startStandIns(): Promise<StandIn[]> {
  const parts = {
    now: Date.now,
    random: Math.random,
    after: (delayMs: number, act: () => void) => void setTimeout(act, delayMs),
  };
  const venues = [
    ["BINANCE.testnet", new BinanceEmulator(parts)],
    ["ALPACA.paper", new AlpacaEmulator(parts)],
    ["OANDA.practice", new OandaEmulator(parts)],
    ["XTS.test", Object.assign(new XtsEmulator(parts), { isAlwaysOpen: true })],
  ] as const;
  return Promise.all(
    venues.map(async ([venue, emulator]) => {
      const { url, close } = await serveVenue(emulator, { market: "goes-on" });
      return { venue, url, close, keys: emulator.keys };
    }),
  );
}

export async function teardown(): Promise<void> {
  const running = child;
  if (running !== undefined && running.exitCode === null) {
    const ended = new Promise<void>((done) => running.once("exit", () => done()));
    running.kill("SIGINT");
    const timer = setTimeout(() => running.kill("SIGKILL"), STOP_MS_MAX);
    await ended;
    clearTimeout(timer);
  }
  await Promise.all(standIns.map(({ close }) => close()));
  if (stateDirectory !== undefined) rmSync(stateDirectory, { recursive: true, force: true });
}

function findChromium(): string | undefined {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
      // This one is not installed; the next may be.
    }
  }
  return undefined;
}

/** Waits for the line that says where the system is; rejects with its output where it ends before that. */
function ready(process: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => reject(new Error(`not ready within ${START_MS_MAX} ms:\n${output}`)), START_MS_MAX);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (!output.includes("ApexTrade is ready")) return;
      clearTimeout(timer);
      resolve();
    };
    process.stdout?.on("data", read);
    process.stderr?.on("data", read);
    process.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it was ready:\n${output}`));
    });
  });
}

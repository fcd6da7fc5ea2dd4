import { copyFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type ServedFolder, serveFolder } from "../backup/serve-folder.ts";
import { bundleWorker, type Run, SERVE_WORKER, serveLine } from "../runtime/bundle-worker.ts";
import { buildWeb, placeWeb } from "./build-web.ts";
import { type Child, startChild, stopChild } from "./child-group.ts";
import { freePort, isPortFree } from "./free-port.ts";
import { localEnvironment } from "./local-environment.ts";
import { localSecrets } from "./local-secrets.ts";
import { seedDemo } from "./seed-demo.ts";
import type { StartOptions } from "./start-options.ts";
import { terminalPort } from "./terminal-port.ts";

// A cold start compiles the Worker and opens the database; slow machines take some ten seconds.
const READY_TIMEOUT_MS = 90_000;
const CRON_INTERVAL_MS = 60_000;

/** Serves the whole system on this machine until it is told to stop. Resolves with the exit code. */
export async function runLocalServer(options: StartOptions): Promise<number> {
  if (!(await isPortFree(options.port))) {
    console.error(
      `Port ${options.port} is taken. What uses it: fuser ${options.port}/tcp. Or choose another port: npm start -- --port ${options.port + 1}`,
    );
    return 1;
  }
  const children: Child[] = [];
  const folders: Closed[] = [];
  const stop = new AbortController();
  stopBySignals(process, stop);
  const stopped = new Promise<number>((resolve) => stop.signal.addEventListener("abort", () => resolve(0)));
  try {
    return await Promise.race([stopped, serve(options, { children, folders }, stop.signal)]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    stop.abort();
    await Promise.all(children.map(stopChild));
    await Promise.all(folders.map((folder) => folder.close()));
  }
}

/**
 * Has signals stop the server. They come more than once: Ctrl-C is told to every process of the terminal, and npm hands it on
 * besides. The second must not end this one before it has ended what it started.
 */
export function stopBySignals(process: Pick<NodeJS.EventEmitter, "on">, stop: AbortController): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop.abort());
}

/** A folder of this server's that goes with it: served, or made for it. */
type Closed = Pick<ServedFolder, "close">;

interface Running {
  readonly children: Child[];
  readonly folders: Closed[];
}

async function serve(options: StartOptions, { children, folders }: Running, signal: AbortSignal): Promise<number> {
  const { file, secrets } = localSecrets(options.stateDirectory);
  const run: Run = async (name, command) => {
    const child = startChild(name, command, { env: localEnvironment(), onLine: () => {} });
    children.push(child);
    const code = await child.ended;
    if (code !== 0 && !signal.aborted) throw new Error(`${name} failed:\n${child.tail()}`);
  };
  await prepare(options, run);
  const bundle = options.mode === "start" ? await bundleWorker("workers/local.ts", {}, run) : undefined;
  if (bundle !== undefined) folders.push({ close: async () => bundle.remove() });

  // A stop that came meanwhile has ended the children there were; none may be started after it.
  if (signal.aborted) {
    bundle?.remove();
    return 0;
  }
  console.log(`Starting the server on port ${options.port}.`);
  const apiPort = options.mode === "start" ? options.port : await freePort();
  const sidecar = options.hasSidecar
    ? await startSidecar(options, { apiPort, secret: secrets.SIDECAR_SECRET })
    : undefined;
  if (sidecar !== undefined) children.push(sidecar.child);
  const backups = await keepBackups(options.backups, file, folders);
  const vars = {
    VENUE_ORIGINS: JSON.stringify(options.standIns),
    STAND_INS_ALWAYS_OPEN: String(options.standInsAlwaysOpen),
    LOG_LEVEL: options.logLevel,
    ...sidecar?.variables,
    ...backups,
  };
  const served = { port: apiPort, state: options.stateDirectory };
  const worker =
    bundle === undefined
      ? await serveChanging({ ...served, vars, file })
      : serveOnce({ ...served, bundle, values: { ...vars, ...secrets } });
  children.push(worker);
  const page = options.mode === "dev" ? startVite(options.port, apiPort) : undefined;
  if (page !== undefined) children.push(page);

  const origin = `http://localhost:${options.port}`;
  const failed = Promise.race([worker, ...(page === undefined ? [] : [page])].map(endedEarly(signal)));
  await Promise.race([failed, becomeReady(apiPort, signal)]);
  if (!signal.aborted) await seedDemo(`http://127.0.0.1:${apiPort}`, secrets, options.stateDirectory);
  if (signal.aborted) return 0;
  console.log(`ApexTrade is ready: ${origin}`);
  void tickCron(apiPort, signal);
  return failed;
}

/** The Worker as it is now, in the runtime itself: no tool stands between a request and its answer. */
function serveOnce(served: Parameters<typeof serveLine>[0]): Child {
  const options = { env: localEnvironment(), onLine: showLine, stdin: "pipe" } as const;
  const child = startChild("The Worker", [process.execPath, SERVE_WORKER], options);
  child.process.stdin?.write(serveLine(served));
  return child;
}

interface Changing {
  readonly vars: Readonly<Record<string, string>>;
  readonly port: number;
  readonly state: string;
  /** Where the secrets are. */
  readonly file: string;
}

/** The Worker as its sources go on changing, which the tool watches. */
async function serveChanging({ vars, port, state, file }: Changing): Promise<Child> {
  const command = [
    "npx",
    "wrangler",
    "dev",
    "workers/local.ts",
    "--local",
    "--port",
    String(port),
    "--ip",
    "127.0.0.1",
  ];
  const flags = ["--env-file", file, "--persist-to", state, "--inspector-port", String(await freePort())];
  const quiet = ["--show-interactive-dev-session=false", "--log-level", "log"];
  const given = Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  return startChild("The Worker", [...command, ...flags, ...quiet, ...given], {
    env: localEnvironment(),
    onLine: showLine,
  });
}

/** Makes what the server serves and stores into: the built page and the tables of the database. Says what it does. */
async function prepare({ mode, stateDirectory }: StartOptions, run: Run): Promise<void> {
  const build = () => {
    console.log("Building the page, as its sources have changed.");
    return run("The build of the page", ["npx", "vite", "build"]);
  };
  if (mode === "start") await buildWeb(build);
  else placeWeb();
  console.log(`Bringing the database up to date in ${stateDirectory}.`);
  const migrate = ["npx", "wrangler", "d1", "migrations", "apply", "DB", "--local", "--persist-to", stateDirectory];
  await run("The migration of the database", migrate);
}

/** A folder of backups beside the state, and the secrets that open them beside both: they must not go with what they are of. */
async function keepBackups(
  folder: string | undefined,
  secrets: string,
  folders: Closed[],
): Promise<Readonly<Record<string, string>>> {
  if (folder === undefined) return {};
  const served = await serveFolder(folder);
  folders.push(served);
  copyFileSync(secrets, `${folder}.secrets.env`);
  return { BACKUP_FOLDER: served.origin };
}

/** A sidecar beside the server, and what the Worker has to know of it. */
async function startSidecar(
  { standIns, terminalPort: asked }: StartOptions,
  { apiPort, secret }: { readonly apiPort: number; readonly secret: string },
): Promise<{ readonly child: Child; readonly variables: Readonly<Record<string, string>> }> {
  const { port: bridgePort, notice } = await terminalPort(asked);
  if (notice !== undefined) console.log(notice);
  const port = await freePort();
  const callbacks = `ws://127.0.0.1:${apiPort}`;
  const env = localEnvironment({
    SIDECAR_SECRET: secret,
    SIDECAR_CALLBACKS: callbacks,
    SIDECAR_HOST: "127.0.0.1",
    SIDECAR_PORT: String(port),
    // Terminals on this machine alone, so that no certificate is needed.
    MT5_PORT: String(bridgePort),
    MT5_PLAIN: "true",
    VENUE_ORIGINS: JSON.stringify(standIns),
  });
  const flags = ["--max-old-space-size=144", "--max-semi-space-size=2"];
  const command = [process.execPath, ...flags, "sidecar/main.ts"];
  const child = startChild("The sidecar", command, { env, onLine: () => {}, channel: "ipc" });
  const variables = {
    SIDECAR_URL: `http://127.0.0.1:${port}`,
    SIDECAR_CALLBACKS: callbacks,
    BRIDGE_ADDRESS: `127.0.0.1:${bridgePort}`,
  };
  return { child, variables };
}

function startVite(port: number, apiPort: number): Child {
  return startChild("The page", ["npx", "vite", "--port", String(port), "--strictPort", "--host", "127.0.0.1"], {
    env: localEnvironment({ APEXTRADE_URL: `http://127.0.0.1:${apiPort}` }),
    onLine: (line) => console.log(line),
  });
}

function endedEarly(signal: AbortSignal): (child: Child) => Promise<never> {
  return async (child) => {
    await child.ended;
    // A stop ends the children too; then the race is over already.
    if (signal.aborted) return new Promise<never>(() => {});
    throw new Error(`${child.name} ended unexpectedly:\n${child.tail()}`);
  };
}

async function becomeReady(apiPort: number, signal: AbortSignal): Promise<void> {
  const api = `http://127.0.0.1:${apiPort}`;
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!signal.aborted) {
    const ready = await fetch(`${api}/health/ready`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (ready) break;
    if (Date.now() > deadline) throw new Error(`The Worker did not become ready within ${READY_TIMEOUT_MS / 1_000} s.`);
    await wait(200);
  }
}

/** The local server has no clock of its own for cron triggers. */
async function tickCron(apiPort: number, signal: AbortSignal): Promise<void> {
  const url = `http://127.0.0.1:${apiPort}/cdn-cgi/local/scheduled?cron=${encodeURIComponent("* * * * *")}`;
  while (!signal.aborted) {
    await fetch(url).catch((error: unknown) => console.error(`cron: ${String(error)}`));
    await wait(CRON_INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

/** Errors and the Worker's own words; not the tool's chatter about requests, keys and cron, which this server ticks. */
function showLine(line: string): void {
  const chatter = /\b(200|201|204|304) (OK|Created|No Content|Not Modified)|Scheduled Workers are not/;
  if (/error|warn|\{"event"/i.test(line) && !chatter.test(line)) console.log(line);
}

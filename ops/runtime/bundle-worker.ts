import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unstable_readConfig as readConfig, unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { placeWeb } from "../start/build-web.ts";
import { startChild } from "../start/child-group.ts";
import { localEnvironment } from "../start/local-environment.ts";

/** The script that serves what is bundled here. */
export const SERVE_WORKER = fileURLToPath(new URL("serve-worker.ts", import.meta.url));
const WRANGLER = "node_modules/.bin/wrangler";
/**
 * Objects that stay in memory between their alarms. The platform gives each its own thread; here they share one, and opening the
 * database of one anew takes longer than what it then decides.
 */
const STAY_AWAKE: readonly string[] = ["BOT"];

/** Runs a command to its end. Rejects where it fails. */
export type Run = (name: string, command: readonly string[]) => Promise<void>;

/** A Worker that was bundled once and can be started any number of times. */
export interface WorkerBundle {
  /** Options of the worker as the local runtime takes them, in plain JSON, modules among them. */
  readonly options: Readonly<Record<string, unknown>>;
  remove(): void;
}

/** Bundles an entry file such as `workers/drill.ts` with the bindings of wrangler.toml and `vars` besides. */
export async function bundleWorker(
  main: string,
  vars: Readonly<Record<string, string>>,
  run: Run = runAlone,
): Promise<WorkerBundle> {
  placeWeb();
  const folder = mkdtempSync(join(tmpdir(), "apextrade-bundle-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  await run(`The bundle of ${main}`, [WRANGLER, "deploy", main, "--dry-run", "--outdir", folder]).catch((error) => {
    remove();
    throw error;
  });
  const entry = `${basename(main, ".ts")}.js`;
  const wasm = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
  // The rules are for files that are still to be found; here each is named.
  const { modulesRules: _rules, bindings, durableObjects, ...options } = workerOptionsOf("wrangler.toml").workerOptions;
  const modules = [
    { type: "ESModule", path: join(folder, entry) },
    ...wasm.map((name) => ({ type: "CompiledWasm", path: join(folder, name) })),
  ];
  // Files of objects stand under the Worker's name: without it `npm start` finds none of them.
  const { name } = readConfig({ config: "wrangler.toml" });
  return {
    options: {
      ...{ name, ...options, durableObjects: keptAwake(durableObjects as ObjectBindings) },
      ...{ bindings: { ...(bindings as object), ...vars }, modulesRoot: folder, modules },
    },
    remove,
  };
}

type ObjectBindings = Readonly<Record<string, object>>;

/** Bindings of objects as given, where those that stay awake say so. Throws where one of them is not bound. */
export function keptAwake(bindings: ObjectBindings): ObjectBindings {
  const missing = STAY_AWAKE.filter((name) => !(name in bindings));
  if (missing.length > 0) throw new Error(`objects that stay awake must be bound, missing: ${missing.join(", ")}`);
  const objects = Object.entries(bindings);
  return Object.fromEntries(
    objects.map(([name, object]) => [
      name,
      STAY_AWAKE.includes(name) ? { ...object, unsafePreventEviction: true } : object,
    ]),
  );
}

async function runAlone(name: string, command: readonly string[]): Promise<void> {
  const child = startChild(name, command, { env: localEnvironment(), onLine: () => {} });
  if ((await child.ended) !== 0) throw new Error(`${name} failed:\n${child.tail()}`);
}

/** What `serve-worker.ts` is told to serve: a line of JSON. */
export function serveLine({
  bundle,
  values,
  port,
  state,
  inspectorPort,
}: {
  readonly bundle: WorkerBundle;
  /** Variables and secrets, above those of the bundle. */
  readonly values: Readonly<Record<string, string>>;
  readonly port: number;
  readonly state: string;
  readonly inspectorPort?: number | undefined;
}): string {
  const { bindings, ...options } = bundle.options;
  const worker = { ...options, bindings: { ...(bindings as object), ...values } };
  // The same place as wrangler's own, so that its migrations meet this database.
  const served = {
    host: "127.0.0.1",
    port,
    cf: false,
    logRequests: false,
    // The clock of cron triggers is whoever serves; the address that rings them is open to this machine alone.
    unsafeTriggerHandlers: true,
    resourcePersistencePath: join(state, "v3"),
    inspectorPort,
  };
  return `${JSON.stringify({ ...served, workers: [worker] })}\n`;
}

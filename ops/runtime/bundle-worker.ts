import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { unstable_readConfig as readConfig, unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { placeWeb } from "../start/build-web.ts";
import { startChild } from "../start/child-group.ts";
import { localEnvironment } from "../start/local-environment.ts";

const WRANGLER = "node_modules/.bin/wrangler";

/** A Worker that was bundled once and can be started any number of times. */
export interface WorkerBundle {
  /** Options of the worker as the local runtime takes them, in plain JSON, modules among them. */
  readonly options: Readonly<Record<string, unknown>>;
  remove(): void;
}

/** Bundles an entry file such as `workers/drill.ts` with the bindings of wrangler.toml and `vars` besides. */
export async function bundleWorker(main: string, vars: Readonly<Record<string, string>>): Promise<WorkerBundle> {
  placeWeb();
  const folder = mkdtempSync(join(tmpdir(), "apextrade-bundle-"));
  const command = [WRANGLER, "deploy", main, "--dry-run", "--outdir", folder];
  const child = startChild("The bundler", command, { env: localEnvironment(), onLine: () => {} });
  if ((await child.ended) !== 0) throw new Error(`the bundle of ${main} failed:\n${child.tail()}`);
  const entry = `${basename(main, ".ts")}.js`;
  const wasm = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
  // The rules are for files that are still to be found; here each is named.
  const { modulesRules: _rules, bindings, ...options } = workerOptionsOf("wrangler.toml").workerOptions;
  const modules = [
    { type: "ESModule", path: join(folder, entry) },
    ...wasm.map((name) => ({ type: "CompiledWasm", path: join(folder, name) })),
  ];
  // Files of objects stand under the Worker's name: without it `npm start` finds none of them.
  const { name } = readConfig({ config: "wrangler.toml" });
  return {
    options: { name, ...options, bindings: { ...(bindings as object), ...vars }, modulesRoot: folder, modules },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Writes what `serve-worker.ts` reads. */
export function writeServeOptions(
  file: string,
  {
    bundle,
    secrets,
    port,
    state,
    inspectorPort,
  }: {
    bundle: WorkerBundle;
    secrets: Readonly<Record<string, string>>;
    port: number;
    state: string;
    inspectorPort?: number;
  },
): void {
  const { bindings, ...options } = bundle.options;
  const worker = { ...options, bindings: { ...(bindings as object), ...secrets } };
  // The same place as wrangler's own, so that its migrations meet this database.
  const served = {
    host: "127.0.0.1",
    port,
    cf: false,
    logRequests: false,
    resourcePersistencePath: join(state, "v3"),
    inspectorPort,
  };
  writeFileSync(file, JSON.stringify({ ...served, workers: [worker] }), { mode: 0o600 });
}

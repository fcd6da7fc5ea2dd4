import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Binding, StateFile, StoredScript, StoredVersion } from "./platform-state.ts";

/** Options of one Worker as the local runtime takes them. */
export type WorkerOptions = Readonly<Record<string, unknown>>;

const MODULE_TYPES: Readonly<Record<string, string>> = {
  "application/javascript+module": "ESModule",
  "application/wasm": "CompiledWasm",
  "application/octet-stream": "Data",
  "text/plain": "Text",
};

/**
 * How a stored version runs here. `objectsOf` names the Worker whose objects it reaches; undefined: its own. Objects live in
 * one Worker at a time: the platform moves each by itself, here all move with the larger share, so that while two versions
 * share the traffic the smaller calls objects of the larger, as may happen there.
 */
export function workerOptions(
  state: StateFile,
  script: StoredScript,
  version: StoredVersion,
  { name, objectsOf }: { readonly name: string; readonly objectsOf: string | undefined },
): WorkerOptions {
  const root = state.modulesOf(version.id);
  const main = version.modules.filter((module) => module.name === version.mainModule);
  const others = version.modules.filter((module) => module.name !== version.mainModule);
  return {
    ...{ name, rootPath: root, modulesRoot: root, compatibilityDate: version.compatibilityDate },
    modules: [...main, ...others].map((module) => ({
      type: MODULE_TYPES[module.type] ?? "Data",
      path: join(root, module.name),
    })),
    ...bindingOptions(version, script.secrets, objectsOf),
    ...(objectsOf === undefined ? { queueConsumers: consumersOf(script) } : {}),
    assets: {
      directory: placeAssets(state, version),
      binding: version.bindings.find(({ type }) => type === "assets")?.name ?? "ASSETS",
      routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
      assetConfig: {
        ...pick(version.assetConfig, "not_found_handling"),
        compatibility_date: version.compatibilityDate,
      },
    },
  };
}

function bindingOptions(
  version: StoredVersion,
  secrets: Readonly<Record<string, string>>,
  objectsOf: string | undefined,
): WorkerOptions {
  const of = (type: string) => version.bindings.filter((binding) => binding.type === type);
  const table = (type: string, value: (binding: Binding) => unknown) =>
    Object.fromEntries(of(type).map((binding) => [binding.name, value(binding)]));
  const versionNames = of("version_metadata").map(({ name }) => name);
  const metadata = {
    id: version.id,
    tag: version.annotations["workers/tag"] ?? "",
    timestamp: version.createdOn,
  };
  return {
    bindings: {
      ...table("plain_text", ({ text }) => text),
      ...secrets,
      ...Object.fromEntries(versionNames.map((name) => [name, metadata])),
    },
    d1Databases: table("d1", ({ id, database_id }) => ({ id: id ?? database_id })),
    r2Buckets: table("r2_bucket", ({ bucket_name }) => ({ id: bucket_name })),
    queueProducers: table("queue", ({ queue_name }) => ({ queueName: queue_name })),
    analyticsEngineDatasets: table("analytics_engine", ({ dataset }) => ({ dataset })),
    ratelimits: table("ratelimit", (binding) => binding),
    durableObjects: table("durable_object_namespace", ({ class_name }) => ({
      className: class_name,
      useSQLite: true,
      ...(objectsOf === undefined ? {} : { scriptName: objectsOf }),
    })),
  };
}

function consumersOf({ consumers }: StoredScript): WorkerOptions {
  return Object.fromEntries(
    Object.entries(consumers).map(([queue, settings]) => [
      queue,
      {
        ...pickAs(settings, "batch_size", "maxBatchSize"),
        // The platform counts in milliseconds, the local runtime in seconds.
        maxBatchTimeout: Number(settings.max_wait_time_ms ?? 0) / 1_000,
        ...pickAs(settings, "max_retries", "maxRetries"),
        ...pickAs(settings, "retry_delay", "retryDelay"),
        ...pickAs(settings, "dead_letter_queue", "deadLetterQueue"),
      },
    ]),
  );
}

function pickAs(from: Readonly<Record<string, unknown>>, key: string, name: string): Record<string, unknown> {
  return from[key] === undefined || from[key] === null ? {} : { [name]: from[key] };
}

function pick(from: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  return pickAs(from, key, key);
}

/** The site of a version as a folder of links to what was uploaded. */
function placeAssets(state: StateFile, version: StoredVersion): string {
  const folder = join(state.folder, "sites", version.id);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, hash] of Object.entries(version.assets)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(state.assetFile(hash), file);
  }
  return folder;
}

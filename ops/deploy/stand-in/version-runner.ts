import { createRequire } from "node:module";
import { join } from "node:path";
import type { StateFile, StoredScript } from "./platform-state.ts";
import { type WorkerOptions, workerOptions } from "./version-worker.ts";

/** What this needs of the local runtime, which comes with wrangler and in the version that it was made for. */
interface Runtime {
  readonly ready: Promise<URL>;
  setOptions(options: object): Promise<void>;
  getWorker(name: string): Promise<RunningWorker>;
  getD1Database(binding: string, worker: string): Promise<D1>;
  dispose(): Promise<void>;
}

export interface RunningWorker {
  fetch(url: string, init: object): Promise<Response>;
  scheduled(options: { cron: string; scheduledTime: Date }): Promise<unknown>;
}

interface D1 {
  prepare(sql: string): { all(): Promise<unknown> };
}

interface RuntimePackage {
  readonly Miniflare: new (options: object) => Runtime;
  convertV4MiniflareOptions(options: object): object;
}

/** A Worker that is always there, for the database to be reached before anything was uploaded. */
const KEEPER = "keeper";

/** Runs the versions that share the traffic, all on one database, one object store, the same queues and objects. */
export class VersionRunner {
  private readonly state: StateFile;
  private runtime: Runtime | undefined;
  private databaseId = "";

  constructor(state: StateFile) {
    this.state = state;
  }

  /** Runs what is deployed, or nothing yet, with this database. */
  async run(script: StoredScript | undefined, databaseId: string): Promise<void> {
    this.databaseId = databaseId;
    const ofWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
    const { Miniflare, convertV4MiniflareOptions } = ofWrangler("miniflare") as RuntimePackage;
    const options = convertV4MiniflareOptions({
      ...{ host: "127.0.0.1", port: 0, cf: false, logRequests: false, handleStructuredLogs: () => undefined },
      resourcePersistencePath: join(this.state.folder, "v3"),
      workers: [...this.versionsOf(script), this.keeper()],
    });
    if (this.runtime === undefined) this.runtime = new Miniflare(options);
    else await this.runtime.setOptions(options);
    await this.runtime.ready;
  }

  worker(version: string): Promise<RunningWorker> {
    return this.running().getWorker(version);
  }

  /** Runs statements as one. */
  async query(sql: string): Promise<unknown> {
    const database = await this.running().getD1Database("DB", KEEPER);
    return database.prepare(sql).all();
  }

  async end(): Promise<void> {
    await this.runtime?.dispose();
    this.runtime = undefined;
  }

  private running(): Runtime {
    if (this.runtime === undefined) throw new Error("the stand-in does not run");
    return this.runtime;
  }

  private versionsOf(script: StoredScript | undefined): WorkerOptions[] {
    const deployed = script?.deployments[0]?.versions ?? [];
    if (script === undefined) return [];
    // Objects live with the larger share, under the name that keeps their storage.
    const byShare = deployed.toSorted((left, right) => right.percentage - left.percentage);
    return byShare.flatMap(({ version_id }, index) => {
      const version = script.versions.find(({ id }) => id === version_id);
      if (version === undefined) return [];
      const first = index === 0;
      const name = first ? script.name : version_id;
      return [workerOptions(this.state, script, version, { name, objectsOf: first ? undefined : script.name })];
    });
  }

  private keeper(): WorkerOptions {
    return {
      ...{ name: KEEPER, modules: true, compatibilityDate: "2026-09-15" },
      script: "export default { fetch: () => new Response(null, { status: 404 }) }",
      d1Databases: { DB: { id: this.databaseId } },
    };
  }
}

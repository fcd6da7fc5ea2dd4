import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type EnvironmentName, workerName } from "../environments.ts";
import { type ApiServer, serveApi } from "./api-server.ts";
import { StateFile } from "./platform-state.ts";
import { type Split, TrafficSplit } from "./traffic-split.ts";
import { VersionRunner } from "./version-runner.ts";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
/** The database that the stand-in has for each environment. */
const DATABASES: Readonly<Record<EnvironmentName, string>> = {
  staging: "5a000000-0000-4000-8000-000000000001",
  production: "9d000000-0000-4000-8000-000000000002",
};
/** The platform rings once a minute; here sooner, so that a rehearsal sees several minutes of work. */
const CRON_EVERY_MS = 10_000;
/** After the last of many small changes they are taken up, ms. */
const SETTLE_MS = 500;

/**
 * The platform on this machine, for one environment: its API, which records each call, and an edge that runs the versions
 * that were uploaded, as they were uploaded, in the local runtime. Its state stays in a folder.
 */
export class StandIn {
  readonly origin: string;
  readonly baseUrl: string;
  readonly accountId = ACCOUNT;
  readonly databaseId: string;
  readonly callsFile: string;
  readonly edge: TrafficSplit;
  private readonly parts: { readonly runner: VersionRunner; readonly api: ApiServer; readonly stopCron: () => void };

  private constructor(
    told: { origin: string; databaseId: string; callsFile: string; edge: TrafficSplit },
    parts: StandIn["parts"],
  ) {
    this.origin = told.origin;
    this.databaseId = told.databaseId;
    this.callsFile = told.callsFile;
    this.edge = told.edge;
    this.baseUrl = parts.api.baseUrl;
    this.parts = parts;
  }

  /** Opens the stand-in on the state of a folder; `fresh` begins with none. */
  static async open(folder: string, environment: EnvironmentName, begin: "fresh" | "kept"): Promise<StandIn> {
    if (begin === "fresh") rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const state = new StateFile(folder);
    const databaseId = DATABASES[environment];
    const runner = new VersionRunner(state);
    const edge = new TrafficSplit();
    const origin = await edge.listen(0);
    const name = workerName(environment);
    let changing: Promise<unknown> = Promise.resolve();
    const changed = async (script: string) => {
      if (script !== name) return;
      // One change after the other: the runtime is one.
      const next = changing.then(() => takeUp(state, runner, { name, databaseId }));
      changing = next.catch(() => undefined);
      edge.change(next);
      await next;
    };
    // Consumers are told one by one, and each would have the runtime stand still.
    let soon: NodeJS.Timeout | undefined;
    const changedSoon = (script: string) => {
      clearTimeout(soon);
      soon = setTimeout(() => void changed(script).catch(() => undefined), SETTLE_MS);
    };
    const callsFile = join(folder, "calls.jsonl");
    const now = () => new Date().toISOString();
    const query = async (id: string, sql: string) => {
      if (id !== databaseId) throw new Error(`no database ${id}`);
      await changing;
      return [await runner.query(sql)];
    };
    const api = await serveApi(
      { state, newId: randomUUID, now, query, changed, changedSoon },
      { callsFile, accountId: ACCOUNT },
    );
    await changed(name);
    const stopCron = ringCron(state, runner, name);
    return new StandIn({ origin, databaseId, callsFile, edge }, { runner, api, stopCron });
  }

  async close(): Promise<void> {
    this.parts.stopCron();
    await this.edge.close();
    await this.parts.api.close();
    await this.parts.runner.end();
  }
}

async function takeUp(
  state: StateFile,
  runner: VersionRunner,
  { name, databaseId }: { readonly name: string; readonly databaseId: string },
): Promise<Split | undefined> {
  const script = state.script(name);
  await runner.run(script, databaseId);
  const deployment = script?.deployments[0];
  if (deployment === undefined) return undefined;
  return { deployment, script: name, worker: (version) => runner.worker(version) };
}

function ringCron(state: StateFile, runner: VersionRunner, name: string): () => void {
  const timer = setInterval(() => {
    const crons = state.script(name)?.crons ?? [];
    for (const cron of crons) {
      const ring = async () => (await runner.worker(name)).scheduled({ cron, scheduledTime: new Date() });
      // While the runtime changes nobody is there; the next ring is soon.
      ring().catch(() => undefined);
    }
  }, CRON_EVERY_MS);
  return () => clearInterval(timer);
}

import { readFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startChild } from "../start/child-group.ts";
import { certificateEnd } from "./certificate-end.ts";
import { type DeploymentParts, deploy } from "./deployment.ts";
import { DeploymentClient } from "./deployment-client.ts";
import { workerName } from "./environments.ts";
import type { HardStop } from "./hard-stops.ts";
import { notify } from "./notify.ts";
import { type DeploymentRecord, writeRecord } from "./record.ts";
import { type Repository, readRepository } from "./repository.ts";
import type { Settings } from "./settings.ts";
import type { StopContext, ToolAnswer } from "./stop-context.ts";
import { WranglerPlatform } from "./wrangler-platform.ts";

/** A full backup of a gigabyte is made and checked in some five minutes. */
const BACKUP_MS_MAX = 20 * 60_000;

/** A deployment with everything that it needs of this machine. */
export interface Staged {
  readonly settings: Settings;
  readonly secretsFile: string | undefined;
  readonly stops: readonly HardStop[];
  readonly main?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly whole?: boolean;
  readonly say: (line: string) => void;
}

const interruption = new AbortController();

/** From now on a signal ends a deployment in order: what serves before serves again. */
export function endInOrder(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      interruption.abort();
    });
  }
}

/** Whoever ends a deployment does not wait for the next look: machines of workflows are taken away after some seconds. */
async function waitUnlessEnded(ms: number): Promise<void> {
  await wait(ms, undefined, { signal: interruption.signal }).catch(() => undefined);
}

/** Deploys, writes the record down and tells of it. Never throws for what a deployment may come to. */
export async function stageDeployment(staged: Staged): Promise<DeploymentRecord> {
  const repository = readRepository();
  const { settings, say } = staged;
  const record = newRecord("deployment", settings, repository);
  const parts: DeploymentParts = {
    ...{ settings, stops: staged.stops, repository, record, say, now: Date.now },
    platform: platformOf(settings, staged.secretsFile),
    client: clientOf(settings),
    stopContext: stopContextOf(settings, repository),
    main: staged.main,
    variables: staged.variables ?? {},
    whole: staged.whole === true,
    backupMsMax: BACKUP_MS_MAX,
    wait: waitUnlessEnded,
    isInterrupted: () => interruption.signal.aborted,
  };
  await deploy(parts);
  await finish(record, settings, say);
  return record;
}

export async function finish(record: DeploymentRecord, settings: Settings, say: Staged["say"]): Promise<void> {
  say(`notification: ${await notify(settings.notifyUrl, record, fetch)}`);
  say(`record: ${writeRecord(record)}`);
}

export function newRecord(
  kind: DeploymentRecord["kind"],
  settings: Settings,
  { by, commit, tree }: Repository,
): DeploymentRecord {
  return {
    ...{ kind, environment: settings.environment, by, commit, tree, beganAt: new Date().toISOString() },
    platform: settings.access.CLOUDFLARE_API_BASE_URL === undefined ? "cloudflare" : "stand-in",
    ...{ endedAt: undefined, outcome: "running", reasons: [], stops: [], steps: [], looks: [] },
    ...{ version: undefined, previous: undefined, backup: undefined },
  };
}

export function platformOf(settings: Settings, secretsFile: string | undefined): WranglerPlatform {
  const { environment, databaseId, origin, access } = settings;
  return new WranglerPlatform({ environment, databaseId, origin, access, secretsFile });
}

export function clientOf({ environment, origin, metricsToken, deployToken }: Settings): DeploymentClient {
  return new DeploymentClient({ origin, worker: workerName(environment), metricsToken, deployToken });
}

function stopContextOf(settings: Settings, repository: Repository): Omit<StopContext, "client"> {
  return {
    ...{
      settings,
      commit: repository.commit,
      tree: repository.tree,
      now: Date.now,
      fetch,
      run: runTool,
      certificateEnd,
    },
    read: readIfThere,
    changedFiles: () => repository.changedFiles(),
    deployFiles: () => deployFiles(repository),
  };
}

/** What a rehearsal goes by besides the code of deployments: how versions are told apart and counted, and how tools are run. */
const REHEARSED_WITH = [
  ...["workers/metrics/lane-of.ts", "workers/api/measure-request.ts", "workers/faulty.ts"],
  ...["ops/start/child-group.ts", "ops/start/local-environment.ts"],
];

/** Files of the deployment's own code and what it rests on; tests of it change nothing of what it does. */
export function deployFiles({ filesOf }: Pick<Repository, "filesOf">): string[] {
  return [...filesOf("ops/deploy").filter((path) => !path.endsWith(".test.ts")), ...REHEARSED_WITH];
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Programs of the project see no token of a deployment: they run packages that nobody here wrote. */
const HANDED_ON =
  /^(?:PATH|HOME|USER|LANG|TMPDIR|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|(?:HTTPS?|NO)_PROXY|npm_config_(?:cache|userconfig|registry|cafile))$/i;

/** What programs of the project are given of the variables of this process. */
export function toolEnvironment(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const handed = Object.entries(variables).filter(([name]) => HANDED_ON.test(name));
  const path = `${resolve("node_modules/.bin")}${delimiter}${variables.PATH ?? ""}`;
  return { ...Object.fromEntries(handed), CI: "1", NO_UPDATE_NOTIFIER: "1", FORCE_COLOR: "0", PATH: path };
}

async function runTool(command: readonly string[]): Promise<ToolAnswer> {
  const lines: string[] = [];
  const env = toolEnvironment(process.env);
  const child = startChild(command[0] ?? "", command, { env, onLine: (line) => lines.push(line) });
  return { code: await child.ended, output: lines.join("\n") };
}

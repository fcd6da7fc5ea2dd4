import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "../start/child-group.ts";
import { localEnvironment } from "../start/local-environment.ts";
import { type EnvironmentName, withPlaces } from "./environments.ts";
import { readPending } from "./pending-migrations.ts";
import type { KnownVersion, PlatformApi, ServingVersion, UploadOrder } from "./platform-api.ts";

const WRANGLER = "node_modules/.bin/wrangler";
/** Configurations that this process wrote; they go when it ends. */
const written = new Set<string>();
/** The tool's own words where there is no Worker yet. */
const NOT_THERE = /code: 10007|code: 10090|does not (?:yet )?exist on your account/;

export interface WranglerParts {
  readonly environment: EnvironmentName;
  readonly databaseId: string;
  readonly origin: string;
  /** Token and account for the platform, and where its API is; handed to the tool as its environment, never as arguments. */
  readonly access: Readonly<Record<string, string>>;
  /** Secrets of a first deployment, as a file that the tool reads; undefined where they are set already. */
  readonly secretsFile: string | undefined;
}

/** The platform by its own command-line tool, in the version that package.json pins. */
export class WranglerPlatform implements PlatformApi {
  private readonly parts: WranglerParts;
  private readonly config: string;

  constructor(parts: WranglerParts) {
    this.parts = parts;
    const { environment, databaseId, origin } = parts;
    this.config = configFile(environment);
    writeFileSync(this.config, withPlaces(readFileSync("wrangler.toml", "utf8"), environment, { databaseId, origin }));
  }

  async serving(): Promise<readonly ServingVersion[]> {
    const status = await this.askIfThere<{
      versions: readonly { version_id: string; percentage: number }[];
    }>(["deployments", "status", "--json"]);
    const versions = (status?.versions ?? []).map(({ version_id, percentage }) => ({
      id: version_id,
      share: percentage,
    }));
    return versions.toSorted((left, right) => right.share - left.share);
  }

  async servedWhole(): Promise<readonly string[]> {
    const listed = await this.askIfThere<readonly ListedDeployment[]>(["deployments", "list", "--json"]);
    const newestFirst = (listed ?? []).toSorted((left, right) => (left.created_on < right.created_on ? 1 : -1));
    return newestFirst.flatMap(({ versions: [only, other] }) => (only === undefined || other ? [] : [only.version_id]));
  }

  async version(id: string): Promise<KnownVersion | undefined> {
    const told = await this.askIfThere<ListedVersion>(["versions", "view", id, "--json"]);
    return told === undefined ? undefined : knownVersion(told);
  }

  async pendingMigrations(): Promise<readonly string[]> {
    const told = await this.run(["d1", "migrations", "list", "DB", "--remote"]);
    return readPending(told, readdirSync("migrations"));
  }

  async applyMigrations(): Promise<void> {
    await this.run(["d1", "migrations", "apply", "DB", "--remote"]);
  }

  upload(order: UploadOrder): Promise<string> {
    return this.uploaded(["versions", "upload", ...argumentsOf(order)]);
  }

  async split(shares: readonly ServingVersion[], message: string): Promise<void> {
    const specs = shares.map(({ id, share }) => `${id}@${share}%`);
    await this.run(["versions", "deploy", ...specs, "--message", message, "-y"]);
  }

  deployWhole(order: UploadOrder): Promise<string> {
    const secrets = this.parts.secretsFile === undefined ? [] : ["--secrets-file", this.parts.secretsFile];
    return this.uploaded(["deploy", ...argumentsOf(order), ...secrets, "--containers-rollout=none"]);
  }

  async applyTriggers(): Promise<void> {
    await this.run(["triggers", "deploy"]);
  }

  async rollBack(version: string, message: string): Promise<void> {
    await this.run(["rollback", version, "--message", message, "-y"]);
  }

  /** The tool writes what it did into a file, one line of JSON each; its words for people may change. */
  private async uploaded(command: readonly string[]): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "apextrade-deploy-"));
    const file = join(folder, "output.ndjson");
    try {
      await this.run(command, { WRANGLER_OUTPUT_FILE_PATH: file });
      const lines = readFileSync(file, "utf8").trim().split("\n");
      const ids = lines.map((line) => (JSON.parse(line) as { version_id?: string | null }).version_id);
      const id = ids.findLast((candidate) => typeof candidate === "string");
      if (typeof id !== "string") throw new Error(`wrangler ${command[0]} named no version`);
      return id;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async askIfThere<T>(command: readonly string[]): Promise<T | undefined> {
    try {
      const told = await this.run(command);
      // Warnings may stand before what is asked for.
      return JSON.parse(told.slice(told.search(/^[[{]/m))) as T;
    } catch (error) {
      if (error instanceof Error && NOT_THERE.test(error.message)) return undefined;
      throw error;
    }
  }

  private async run(command: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<string> {
    const full = [WRANGLER, ...command, "--config", this.config, "--env", this.parts.environment];
    const lines: string[] = [];
    const env = localEnvironment({ ...this.parts.access, ...extra });
    const child = startChild("wrangler", full, { env, onLine: (line) => lines.push(line) });
    const code = await child.ended;
    const told = lines.join("\n");
    if (code !== 0) throw new Error(`wrangler ${command.slice(0, 3).join(" ")} failed:\n${told.slice(-2_000)}`);
    return told;
  }
}

/** Beside wrangler.toml, since paths in it are from where it stands; one for each process, as several may run. */
function configFile(environment: EnvironmentName): string {
  const file = `wrangler.deploying.${environment}.${process.pid}.toml`;
  if (written.size === 0) {
    process.once("exit", () => {
      for (const path of written) rmSync(path, { force: true });
    });
  }
  written.add(file);
  return file;
}

interface ListedDeployment {
  readonly created_on: string;
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
}

interface ListedVersion {
  readonly id: string;
  readonly metadata: { readonly created_on: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

function knownVersion({ id, metadata, annotations }: ListedVersion): KnownVersion {
  const [tag = "", message = ""] = [annotations?.["workers/tag"], annotations?.["workers/message"]];
  return { id, createdOn: metadata.created_on, tag, message };
}

function argumentsOf({ main, variables, tag, message }: UploadOrder): string[] {
  const given = Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  return [...(main === undefined ? [] : [main]), "--tag", tag, "--message", message, ...given];
}

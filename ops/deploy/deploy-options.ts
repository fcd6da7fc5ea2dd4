import { parseArgs } from "node:util";
import type { EnvironmentName } from "./environments.ts";
import { environmentOf } from "./settings.ts";

export interface DeployOptions {
  readonly environment: EnvironmentName;
  /** Everything against the stand-in on this machine, whose calls are recorded. */
  readonly dryRun: boolean;
  readonly whole: boolean;
  /** File of the secrets that a first deployment sets. */
  readonly secretsFile: string | undefined;
}

export interface RollbackOptions {
  readonly environment: EnvironmentName;
  readonly dryRun: boolean;
  /** The version to go back to; undefined: the one that served before. */
  readonly to: string | undefined;
  /** Only ends a deployment of this commit that was left half; does nothing otherwise. */
  readonly ifSplit: boolean;
}

const DEPLOY_USAGE =
  "usage: npm run deploy -- --env staging|production [--dry-run] [--whole] [--secrets-file secrets.json]";
const ROLLBACK_USAGE = "usage: npm run rollback -- --env staging|production [--to VERSION | --if-split] [--dry-run]";

/** The options of a deployment. Throws, with how it is used, for what it does not know. */
export function readDeployOptions(argv: readonly string[]): DeployOptions {
  return explained(DEPLOY_USAGE, () => {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        env: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        whole: { type: "boolean", default: false },
        "secrets-file": { type: "string" },
      },
      strict: true,
    });
    const environment = environmentOf(values.env);
    return { environment, dryRun: values["dry-run"], whole: values.whole, secretsFile: values["secrets-file"] };
  });
}

/** The options of a rollback. Throws, with how it is used, for what it does not know. */
export function readRollbackOptions(argv: readonly string[]): RollbackOptions {
  return explained(ROLLBACK_USAGE, () => {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...{ env: { type: "string" }, to: { type: "string" } },
        ...{ "dry-run": { type: "boolean", default: false }, "if-split": { type: "boolean", default: false } },
      },
      strict: true,
    });
    if (values.to !== undefined && !/^[\da-f-]{36}$/.test(values.to)) {
      throw new Error(`--to must be the id of a version, was ${values.to}`);
    }
    const ifSplit = values["if-split"];
    if (ifSplit && values.to !== undefined)
      throw new Error("--if-split goes back to what served before: not with --to");
    return { environment: environmentOf(values.env), dryRun: values["dry-run"], to: values.to, ifSplit };
  });
}

function explained<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentName } from "../environments.ts";
import type { Gates } from "../gradual.ts";
import type { Settings } from "../settings.ts";
import { type Outside, openOutside } from "./outside.ts";
import { StandIn } from "./stand-in.ts";
import { startTraffic, type Traffic } from "./traffic.ts";

/** What a version goes through here: as in production, in seconds. */
export const DRY_RUN_GATES: Gates = { windowMs: 24_000, holdMs: 24_000, requestsMin: 60 };
const LOOK_EVERY_MS = 4_000;
/** Of people that are not there. Two processors hold some more. */
const REQUESTS_PER_SECOND = 12;

/** The whole world of a deployment on this machine. */
export interface DryRun {
  readonly settings: Settings;
  readonly secretsFile: string;
  readonly callsFile: string;
  readonly noticesFile: string;
  /** Requests that the edge gave each version. */
  readonly given: ReadonlyMap<string, number>;
  startTraffic(): Traffic;
  close(): Promise<void>;
}

export async function openDryRun(
  folder: string,
  environment: EnvironmentName,
  begin: "fresh" | "kept",
): Promise<DryRun> {
  const platform = await StandIn.open(folder, environment, begin);
  const outside = await openOutside(folder);
  const secretsFile = join(folder, "secrets.json");
  const secrets = secretsIn(secretsFile);
  return {
    settings: settingsOf(environment, platform, outside, secrets),
    ...{ secretsFile, callsFile: platform.callsFile, noticesFile: outside.noticesFile, given: platform.edge.given },
    startTraffic: () => startTraffic(platform.origin, REQUESTS_PER_SECOND),
    close: async () => {
      await platform.close();
      await outside.close();
    },
  };
}

function settingsOf(
  environment: EnvironmentName,
  platform: StandIn,
  outside: Outside,
  secrets: Readonly<Record<string, string>>,
): Settings {
  return {
    ...{ environment, origin: platform.origin, databaseId: platform.databaseId },
    ...{ gates: DRY_RUN_GATES, lookEveryMs: LOOK_EVERY_MS },
    ...{ metricsToken: secrets.METRICS_TOKEN ?? "", deployToken: secrets.DEPLOY_TOKEN ?? "" },
    access: {
      CLOUDFLARE_API_BASE_URL: platform.baseUrl,
      CLOUDFLARE_ACCOUNT_ID: platform.accountId,
      // Asks nobody but the stand-in, which takes any.
      CLOUDFLARE_API_TOKEN: "of-the-stand-in",
    },
    ...{ notifyUrl: outside.notifyUrl, prometheusUrl: outside.origin, registry: outside.origin },
    github: { api: outside.origin, repository: "stand-in/apextrade", token: "of-the-stand-in" },
    certificate: outside.certificate,
  };
}

/** Secrets of the stand-in's deployment, made once and readable by their user alone. */
function secretsIn(file: string): Readonly<Record<string, string>> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  const random = (bytes: number) => randomBytes(bytes).toString("base64url");
  const secrets = {
    ...{ AUTH_SECRET: random(48), PASSWORD_PEPPER: random(48), MASTER_KEYS: `k1:${random(32)}` },
    ...{ METRICS_TOKEN: random(48), DEPLOY_TOKEN: random(48) },
  };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

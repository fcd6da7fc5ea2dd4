import { ENVIRONMENTS, type EnvironmentName, NO_DATABASE } from "./environments.ts";
import type { Gates } from "./gradual.ts";

/** Where a deployment is and how it is reached: from the environment of the process, never from a file of the tree. */
export interface Settings {
  readonly environment: EnvironmentName;
  /** Address that people reach the deployment by, without a path. */
  readonly origin: string;
  readonly databaseId: string;
  /** Shown to `/metrics` and `/health/ready`. */
  readonly metricsToken: string;
  /** Shown where backups are begun and health is read. */
  readonly deployToken: string;
  /** What the platform's tool takes; see `WranglerParts`. */
  readonly access: Readonly<Record<string, string>>;
  readonly gates: Gates;
  /** Time between two looks at a version that takes over, ms. */
  readonly lookEveryMs: number;
  /** Where what happened is told; undefined where nobody is to hear of it. */
  readonly notifyUrl: string | undefined;
  /** Prometheus that watches the deployment. */
  readonly prometheusUrl: string | undefined;
  /** Where commits' checks are asked for; undefined where only this machine's own record counts. */
  readonly github: { readonly api: string; readonly repository: string; readonly token: string } | undefined;
  /** Where the certificate is shown and who may have signed it, where that is not the origin and the system's list. */
  readonly certificate: { readonly address: string; readonly authority: string } | undefined;
  /** Where npm asks for advisories, where that is not its own registry. */
  readonly registry: string | undefined;
}

const MINUTE_MS = 60_000;

/** What each environment's versions go through: a day's traffic is not waited for, several scrapes and crons are. */
export const GATES: Readonly<Record<EnvironmentName, Gates>> = {
  staging: { windowMs: 2 * MINUTE_MS, holdMs: 3 * MINUTE_MS, requestsMin: 100 },
  production: { windowMs: 10 * MINUTE_MS, holdMs: 10 * MINUTE_MS, requestsMin: 500 },
};
const LOOK_EVERY_MS = 15_000;

/** What has to be set, and what it is. */
const NEEDED: Readonly<Record<string, string>> = {
  APEXTRADE_ORIGIN: "address of the deployment, such as https://trade.example.org",
  APEXTRADE_DATABASE_ID: "id of its database, as `wrangler d1 create` said it",
  APEXTRADE_METRICS_TOKEN: "the deployment's secret METRICS_TOKEN",
  APEXTRADE_DEPLOY_TOKEN: "the deployment's secret DEPLOY_TOKEN",
  CLOUDFLARE_API_TOKEN: "a token of the platform that may edit Workers, D1 and queues",
  CLOUDFLARE_ACCOUNT_ID: "the platform's account",
};

/** The settings of an environment by the variables of the process. Throws where something is missing or not well written. */
export function readSettings(
  environment: EnvironmentName,
  variables: Readonly<Record<string, string | undefined>>,
): Settings {
  const missing = Object.entries(NEEDED).filter(([name]) => (variables[name] ?? "") === "");
  if (missing.length > 0) {
    const lines = missing.map(([name, what]) => `  ${name}: ${what}`);
    throw new Error(`these variables must be set (see docs/runbook/deploying.md):\n${lines.join("\n")}`);
  }
  const of = (name: string) => variables[name] ?? "";
  const origin = originOf(of("APEXTRADE_ORIGIN"));
  const databaseId = of("APEXTRADE_DATABASE_ID");
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(databaseId) || databaseId === NO_DATABASE) {
    throw new Error(`APEXTRADE_DATABASE_ID must be the id of a database, was ${databaseId}`);
  }
  const { GITHUB_API_URL = "https://api.github.com", GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = variables;
  return {
    ...{ environment, origin, databaseId, gates: GATES[environment], lookEveryMs: LOOK_EVERY_MS },
    metricsToken: of("APEXTRADE_METRICS_TOKEN"),
    deployToken: of("APEXTRADE_DEPLOY_TOKEN"),
    access: {
      CLOUDFLARE_API_TOKEN: of("CLOUDFLARE_API_TOKEN"),
      CLOUDFLARE_ACCOUNT_ID: of("CLOUDFLARE_ACCOUNT_ID"),
    },
    notifyUrl: variables.DEPLOY_NOTIFY_URL || undefined,
    prometheusUrl: variables.PROMETHEUS_URL || undefined,
    github: repository && token ? { api: GITHUB_API_URL, repository, token } : undefined,
    ...{ certificate: undefined, registry: undefined },
  };
}

/** The environment that a command names. Throws for any other, and where none is named: there is no default to hit by mistake. */
export function environmentOf(text: string | undefined): EnvironmentName {
  const found = ENVIRONMENTS.find((name) => name === text);
  if (found === undefined) throw new Error(`--env must be staging or production, was ${text ?? "not given"}`);
  return found;
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== "https:" || url.origin !== text) {
    throw new Error(`APEXTRADE_ORIGIN must be such as https://trade.example.org, was ${text}`);
  }
  return url.origin;
}

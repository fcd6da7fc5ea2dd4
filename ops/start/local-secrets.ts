import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface LocalSecrets {
  readonly AUTH_SECRET: string;
  readonly PASSWORD_PEPPER: string;
  readonly MASTER_KEYS: string;
  readonly BOOTSTRAP_SECRET: string;
  readonly DEMO_PASSWORD: string;
  readonly SIDECAR_SECRET: string;
  /** What a Prometheus shows that reads `/metrics` of this server. */
  readonly METRICS_TOKEN: string;
  readonly DEMO: string;
}

/**
 * Secrets of this machine's server: made at random the first time, kept beside the state that they protect, readable
 * by the user alone. Returns them and the path of the file that wrangler reads them from.
 */
export function localSecrets(stateDirectory: string): { readonly file: string; readonly secrets: LocalSecrets } {
  mkdirSync(stateDirectory, { recursive: true });
  const file = join(stateDirectory, "local-secrets.env");
  const found = existsSync(file) ? readSecrets(file) : {};
  // A state directory of an earlier version lacks what came since: it gets that, and keeps what it has.
  const secrets: LocalSecrets = { ...newSecrets(), ...found };
  if (Object.keys(found).length < Object.keys(secrets).length) {
    const lines = Object.entries(secrets).map(([name, value]) => `${name}="${value}"`);
    writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  }
  return { file, secrets };
}

function newSecrets(): LocalSecrets {
  return {
    AUTH_SECRET: randomText(48),
    PASSWORD_PEPPER: randomText(48),
    MASTER_KEYS: `k1:${randomText(32)}`,
    BOOTSTRAP_SECRET: randomText(32),
    DEMO_PASSWORD: `demo-${randomText(12)}`,
    SIDECAR_SECRET: randomText(48),
    METRICS_TOKEN: randomText(48),
    DEMO: "true",
  };
}

function readSecrets(file: string): Partial<LocalSecrets> {
  const lines = readFileSync(file, "utf8").split("\n");
  const pairs = lines.map((line) => /^(\w+)="(.*)"$/.exec(line)).filter((match) => match !== null);
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]));
}

function randomText(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

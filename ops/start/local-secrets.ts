import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface LocalSecrets {
  readonly AUTH_SECRET: string;
  readonly PASSWORD_PEPPER: string;
  readonly DEMO_PASSWORD: string;
  readonly DEMO: string;
}

/**
 * Secrets of this machine's server: made at random the first time, kept beside the state that they protect, readable
 * by the user alone. Returns them and the path of the file that wrangler reads them from.
 */
export function localSecrets(stateDirectory: string): { readonly file: string; readonly secrets: LocalSecrets } {
  mkdirSync(stateDirectory, { recursive: true });
  const file = join(stateDirectory, "local-secrets.env");
  if (!existsSync(file)) {
    const made: LocalSecrets = {
      AUTH_SECRET: randomText(48),
      PASSWORD_PEPPER: randomText(48),
      DEMO_PASSWORD: `demo-${randomText(12)}`,
      DEMO: "true",
    };
    const lines = Object.entries(made).map(([name, value]) => `${name}="${value}"`);
    writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  }
  const found = new Map(
    readFileSync(file, "utf8")
      .split("\n")
      .map((line) => /^(\w+)="(.*)"$/.exec(line))
      .flatMap((match) => (match === null ? [] : [[match[1], match[2]] as const])),
  );
  const read = (name: keyof LocalSecrets) => {
    const value = found.get(name);
    if (value === undefined) throw new Error(`${file} lacks ${name}; delete the state directory to start afresh`);
    return value;
  };
  const secrets = {
    AUTH_SECRET: read("AUTH_SECRET"),
    PASSWORD_PEPPER: read("PASSWORD_PEPPER"),
    DEMO_PASSWORD: read("DEMO_PASSWORD"),
    DEMO: read("DEMO"),
  };
  return { file, secrets };
}

function randomText(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

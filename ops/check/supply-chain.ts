import { readFileSync } from "node:fs";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly inBundle?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

export interface SupplyChain {
  readonly manifest: Manifest;
  readonly locked: Readonly<Record<string, Locked>>;
}

/**
 * Why each package is part of what runs in production. Every one is code that other people's keys must trust: a new one
 * needs a line here that says what our own code could not do as well.
 */
const RUNTIME_REASONS: Readonly<Record<string, string>> = {
  "@hono/zod-openapi": "routes, their checks and their document from one declaration",
  "@simplewebauthn/server": "passkeys: attestation formats and signatures",
  "@uwdata/flechette": "candle files are Arrow files",
  argon2id: "password hashes in WebAssembly that the platform lets run",
  "drizzle-orm": "typed queries with bound values",
  fzstd: "Zstandard in steps, so that what unpacks is bounded",
  hono: "the router",
  hyparquet: "reading Parquet by ranges",
  "hyparquet-compressors": "the codecs of Parquet pages",
  "hyparquet-writer": "Parquet for exports",
  "itty-durable": "the small throttle object",
  "itty-router": "the router inside itty-durable",
  jose: "signed tokens",
  otpauth: "codes of authenticator apps",
  zod: "checks of everything that comes in",
};

/**
 * Packages that may run code while they are installed: each fetches or checks the program it is a wrapper of; ccxt, which
 * only tests use, prints a banner.
 */
const INSTALL_SCRIPTS: readonly string[] = ["bufferutil", "ccxt", "esbuild", "node", "workerd"];

export function readSupplyChain(root: URL): SupplyChain {
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, root), "utf8"));
  const manifest = read("package.json") as Manifest;
  const { packages } = read("package-lock.json") as { packages: Record<string, Locked> };
  return { manifest, locked: packages };
}

/** What is wrong with what the project is built from. */
export function supplyChainFindings({ manifest, locked }: SupplyChain): string[] {
  return [
    ...manifestFindings(manifest),
    ...Object.entries(locked).flatMap(([path, entry]) => lockFindings(path, entry)),
  ];
}

function manifestFindings({ dependencies, devDependencies }: Manifest): string[] {
  const findings: string[] = [];
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    if (!/^\d+\.\d+\.\d+$/.test(version)) findings.push(`package.json: ${name} must be pinned exactly, was ${version}`);
  }
  for (const name of Object.keys(dependencies)) {
    if (RUNTIME_REASONS[name] === undefined) findings.push(`package.json: ${name} runs in production without a reason`);
  }
  for (const name of Object.keys(RUNTIME_REASONS)) {
    if (dependencies[name] === undefined) findings.push(`supply-chain.ts: ${name} has a reason and is not used`);
  }
  return findings;
}

function lockFindings(path: string, entry: Locked): string[] {
  if (path === "" || entry.link === true) return [];
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const findings: string[] = [];
  // Where packages come from is npm's own setting; an address here could lead a single one elsewhere.
  if (entry.resolved !== undefined) findings.push(`package-lock.json: ${path} must name no address`);
  // A package inside another's archive is covered by the sum of that archive; programs of other platforms get theirs
  // where they are installed.
  const covered = entry.inBundle === true || entry.optional === true;
  if (!covered && !entry.integrity?.startsWith("sha512-")) {
    findings.push(`package-lock.json: ${path} must have a SHA-512 sum`);
  }
  if (entry.hasInstallScript === true && !INSTALL_SCRIPTS.includes(name)) {
    findings.push(`package-lock.json: ${path} may not run a script while it is installed`);
  }
  return findings;
}

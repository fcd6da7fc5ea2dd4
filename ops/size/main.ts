import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { firstLoadFiles } from "./first-load.ts";

/**
 * Measures what is sent: the Worker's bundle to the platform, the first load to a browser. Exits 1 above a limit.
 */

/** The Worker must start within a second on the platform, and parsing counts: about 5 ms for 100 kB, so a quarter of it. */
const WORKER_BYTES_MAX = 5_000_000;
const WORKER_GZIP_BYTES_MAX = 1_200_000;
/** What a phone on a slow line loads in about two seconds before anything can be used. */
const WEB_FIRST_LOAD_GZIP_BYTES_MAX = 200_000;
/** Charts and the editor load when a page asks for them; each must stay a matter of a moment. */
const WEB_LATER_CHUNK_GZIP_BYTES_MAX = 250_000;

const ROOT = new URL("../../", import.meta.url);
const DIST = new URL("web/dist/", ROOT);

if (!existsSync(DIST)) throw new Error("web/dist is missing: build the pages first with `npm run build`");
const rows = [...workerRows(), ...webRows()];
for (const { name, bytes, limit } of rows) {
  const mark = bytes <= limit ? "ok  " : "OVER";
  console.log(`${mark} ${name.padEnd(44)} ${kilobytes(bytes).padStart(9)} of ${kilobytes(limit)}`);
}
process.exitCode = rows.every(({ bytes, limit }) => bytes <= limit) ? 0 : 1;

interface Row {
  readonly name: string;
  readonly bytes: number;
  readonly limit: number;
}

function workerRows(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), "worker-bundle-"));
  try {
    execFileSync("wrangler", ["deploy", "--env=", "--dry-run", "--outdir", folder], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" },
    });
    const shipped = readdirSync(folder).filter((file) => /\.(?:js|wasm)$/.test(file));
    const contents = shipped.map((file) => readFileSync(join(folder, file)));
    return [
      { name: "Worker", bytes: total(contents.map((content) => content.length)), limit: WORKER_BYTES_MAX },
      { name: "Worker, gzip", bytes: total(contents.map(gzipLength)), limit: WORKER_GZIP_BYTES_MAX },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function webRows(): Row[] {
  const first = firstLoadFiles(readFileSync(new URL("index.html", DIST), "utf8"));
  const lengths = first.map((path) => gzipLength(readFileSync(new URL(`.${path}`, DIST))));
  const assets = readdirSync(new URL("assets/", DIST)).filter((file) => file.endsWith(".js"));
  const later = assets.filter((file) => !first.includes(`/assets/${file}`));
  const largest = later
    .map((file) => ({ file, bytes: gzipLength(readFileSync(new URL(`assets/${file}`, DIST))) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3);
  return [
    {
      name: `web, first load (${first.length} files), gzip`,
      bytes: total(lengths),
      limit: WEB_FIRST_LOAD_GZIP_BYTES_MAX,
    },
    ...largest.map(({ file, bytes }) => ({
      name: `web, when needed: ${file.replace(/-[^-]+\.js$/, "")}, gzip`,
      bytes,
      limit: WEB_LATER_CHUNK_GZIP_BYTES_MAX,
    })),
  ];
}

function gzipLength(content: Buffer): number {
  return gzipSync(content, { level: 9 }).length;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}

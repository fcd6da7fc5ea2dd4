import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { brokenLinks } from "./documents.ts";
import { checkFile } from "./rules.ts";
import { ITEMS_DOCUMENT, itemFindings } from "./security-items.ts";
import { projectFiles, STANDARD_TABLE, standardFindings } from "./security-standard.ts";
import { readSource } from "./source-file.ts";
import { readSupplyChain, supplyChainFindings } from "./supply-chain.ts";

/** Format, lint, types, layer rules, secrets and packages, all at once. Exits 1 where anything is wrong. */
const ROOT = new URL("../../", import.meta.url);
/** The proof of backfills runs the Worker's consumers in Node, so that it is typed for both. */
const RINGS = ["workers/core", "workers", "web", ".", "e2e/venues/backfill"];

const started = performance.now();
const tasks = [
  run("format and lint", "biome", ["check", "--error-on-warnings", "."]),
  ...RINGS.map((ring) => types(ring, `${ring}/tsconfig.json`)),
  types("core's tests", "workers/core/tsconfig.test.json"),
  run("secrets", "secretlint", ["**/*"]),
  run("sums of the lock", "lockfile-lint", ["--path", "package-lock.json", "--type", "npm", "--validate-integrity"]),
  Promise.resolve({ name: "packages", output: supplyChainFindings(readSupplyChain(ROOT)).join("\n") }),
  Promise.resolve({ name: "layers, sizes and links", output: projectFindings().join("\n") }),
  Promise.resolve({ name: "what is said about security", output: securityFindings().join("\n") }),
];
const results = await Promise.all(tasks);
const failed = results.filter((result) => result.output !== "");
for (const { name, output } of failed) console.error(`${name}:\n${output}\n`);
for (const { name, output } of results) console.log(`${output === "" ? "ok    " : "broken"} ${name}`);
console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** What was found sound is remembered beside the packages, so that the next check looks at what changed since. */
function types(name: string, project: string): Promise<{ name: string; output: string }> {
  const known = `node_modules/.cache/types/${project.replaceAll("/", "-")}.tsbuildinfo`;
  return run(`types of ${name}`, "tsc", ["-p", project, "--incremental", "--tsBuildInfoFile", known]);
}

/** Runs a tool of the project; its output counts only where it fails. */
function run(name: string, tool: string, args: readonly string[]): Promise<{ name: string; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(new URL(`node_modules/.bin/${tool}`, ROOT).pathname, args, { cwd: ROOT });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", (error) => resolve({ name, output: error.message }));
    child.on("close", (code) => resolve({ name, output: code === 0 ? "" : output || `ended with ${code}` }));
  });
}

function projectPaths(): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listed.split("\0").filter((path) => path !== "" && existsSync(new URL(path, ROOT)));
}

/** The tables of the documents, against the tests that they name. */
function securityFindings(): string[] {
  const files = projectFiles(ROOT);
  const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");
  const tests = projectPaths().filter((path) => /\.test\.tsx?$/.test(path));
  return [...standardFindings(read(STANDARD_TABLE), files), ...itemFindings(read(ITEMS_DOCUMENT), files, tests)];
}

function projectFindings(): string[] {
  const paths = projectPaths();
  const sources = paths.filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"));
  const documents = paths.filter((path) => path.endsWith(".md"));
  return [
    ...sources.flatMap((path) => checkFile(readSource(ROOT, path))),
    ...documents.flatMap((path) => brokenLinks(ROOT, path)),
  ];
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** What this needs of the local runtime, which comes with wrangler and in the version that it was made for. */
interface LocalRuntimePackage {
  readonly Miniflare: new (options: object) => { readonly ready: Promise<URL>; dispose(): Promise<void> };
  convertV4MiniflareOptions(options: object): object;
}

/**
 * Serves a bundled Worker in the local runtime, from a file of options, until it is killed. It loads what it needs, says
 * `loaded`, and starts at the first line that it is sent: so the next one can wait ready while the last one still runs.
 */
const [file = ""] = process.argv.slice(2);
const ofWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const { Miniflare, convertV4MiniflareOptions } = ofWrangler("miniflare") as LocalRuntimePackage;
console.log("loaded");
process.stdin.once("data", async () => {
  const options = JSON.parse(readFileSync(file, "utf8")) as object;
  const runtime = new Miniflare(convertV4MiniflareOptions(options));
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void runtime.dispose().then(() => process.exit(0)));
  await runtime.ready;
  console.log("ready");
});
// Whoever started this holds the other end: where that is gone, so is the reason to serve.
process.stdin.once("end", () => process.exit(0));

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

/** What this needs of the local runtime, which comes with wrangler and in the version that it was made for. */
interface LocalRuntimePackage {
  readonly Miniflare: new (options: object) => { readonly ready: Promise<URL>; dispose(): Promise<void> };
  readonly Log: new (level: number) => object;
  readonly LogLevel: { readonly ERROR: number };
  convertV4MiniflareOptions(options: object): object;
}

/**
 * Serves a bundled Worker in the local runtime until it is killed. It loads what it needs, says `loaded`, and starts with the
 * options that the first line brings, in JSON: so the next one can wait ready while the last one still runs, and no secret
 * among them touches the disk.
 */
const ofWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const { Miniflare, Log, LogLevel, convertV4MiniflareOptions } = ofWrangler("miniflare") as LocalRuntimePackage;
console.log("loaded");
const told = createInterface({ input: process.stdin });
told.once("line", async (line) => {
  const options = convertV4MiniflareOptions(JSON.parse(line) as object);
  // Where it cannot start what has ended, it says why.
  const runtime = new Miniflare({ ...options, log: new Log(LogLevel.ERROR) });
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void runtime.dispose().then(() => process.exit(0)));
  await runtime.ready;
  console.log("ready");
});
// Whoever started this holds the other end: where that is gone, so is the reason to serve.
told.once("close", () => process.exit(0));

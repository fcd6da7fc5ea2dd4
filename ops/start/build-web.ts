import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCES = ["web", "schema/wire", "workers/core", "sidecar/mt5", "package-lock.json", "vite.config.ts"];
const MARK = "web/dist/.built-from";

const PLACEHOLDER = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>ApexTrade</title>
<p>The API is running. The web app has not been built: there is no web/index.html.</p></html>
`;

/** Builds the web app unless its sources are those of the build in place. `build` runs the bundler. */
export async function buildWeb(build: () => Promise<void>): Promise<"built" | "unchanged" | "absent"> {
  if (!existsSync("web/index.html")) {
    placeWeb();
    return "absent";
  }
  const digest = digestSources();
  if (existsSync(MARK) && existsSync("web/dist/index.html") && readFileSync(MARK, "utf8") === digest)
    return "unchanged";
  await build();
  writeFileSync(MARK, digest);
  return "built";
}

/** The Worker serves the directory of the build, so that it must hold something even where nothing was built. */
export function placeWeb(): void {
  mkdirSync("web/dist", { recursive: true });
  if (!existsSync("web/dist/index.html")) writeFileSync("web/dist/index.html", PLACEHOLDER);
}

function digestSources(): string {
  const hash = createHash("sha256");
  for (const source of SOURCES) digestInto(hash, source);
  return hash.digest("hex");
}

function digestInto(hash: ReturnType<typeof createHash>, path: string): void {
  if (!existsSync(path) || path === "web/dist") return;
  const entries = readEntries(path);
  if (entries === undefined) {
    hash.update(path).update("\0").update(readFileSync(path)).update("\0");
    return;
  }
  for (const entry of entries.sort()) digestInto(hash, join(path, entry));
}

function readEntries(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}

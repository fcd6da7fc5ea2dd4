import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const MAIN = "sidecar/mt5/ApexTrade.mq5";
const INCLUDE = /^#include "([\w./]+)"[ \t]*\r?\n/gm;
const PROPERTY = /^#property strict[ \t]*\r?\n/gm;

/** Name under which the Expert Advisor is served with the pages. */
export const ADVISOR_FILE = "ApexTrade.mq5";

/**
 * The Expert Advisor as one file, each of its parts where it is first asked for: one download, and nothing to be unpacked
 * into the right folders of a terminal. `read` answers a file's text by its path.
 */
export function advisorSource(read: (path: string) => string): string {
  const taken = new Set<string>();
  const whole = (path: string): string =>
    read(path).replaceAll(INCLUDE, (_line, name: string) => {
      const part = join(dirname(path), name);
      if (taken.has(part)) return "";
      taken.add(part);
      return `${whole(part).replaceAll(PROPERTY, "")}\n`;
    });
  return whole(MAIN);
}

/** Puts the Expert Advisor beside the pages, in the build as while they are worked on. */
export function advisorPlugin(root: string): Plugin {
  const source = () => advisorSource((path) => readFileSync(join(root, path), "utf8"));
  return {
    name: "expert-advisor",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: ADVISOR_FILE, source: source() });
    },
    configureServer(server) {
      server.middlewares.use(`/${ADVISOR_FILE}`, (_request, response) => response.end(source()));
    },
  };
}

import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface StartOptions {
  /** `start` serves the built page; `dev` puts vite with hot reload in front. */
  readonly mode: "start" | "dev";
  /** Port of the one address that is opened in a browser. */
  readonly port: number;
  /** Directory of the database, files, secrets and logs of this server. */
  readonly stateDirectory: string;
}

const DEFAULT_PORT = 8787;
const USAGE = "usage: npm start -- [--port 8787] [--state .wrangler/state]";

/** The options, or what is wrong with them in one line. */
export function readStartOptions(argv: readonly string[], mode: StartOptions["mode"]): StartOptions | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { port: { type: "string" }, state: { type: "string" } },
      strict: true,
    });
    const port = values.port === undefined ? DEFAULT_PORT : Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_534) {
      return `--port must be a whole number from 1 to 65534, was ${values.port}`;
    }
    return { mode, port, stateDirectory: resolve(values.state ?? ".wrangler/state") };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${USAGE}`;
  }
}

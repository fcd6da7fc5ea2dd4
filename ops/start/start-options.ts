import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface StartOptions {
  /** `start` serves the built page; `dev` puts vite with hot reload in front. */
  readonly mode: "start" | "dev";
  /** Port of the one address that is opened in a browser. */
  readonly port: number;
  /** Directory of the database, files, secrets and logs of this server. */
  readonly stateDirectory: string;
  /** Origins of stand-ins by venue and environment, such as BINANCE.testnet. */
  readonly standIns: Readonly<Record<string, string>>;
  /** Whether they trade at any hour, whatever the calendars of their markets say. */
  readonly standInsAlwaysOpen: boolean;
  /** Whether a sidecar runs beside it and holds the streams of accounts at venues. */
  readonly hasSidecar: boolean;
  /** Port that terminals dial at the sidecar, 0 for any that is free; undefined for the usual one where it is free. */
  readonly terminalPort: number | undefined;
  /** Folder of the backups, apart from the state; undefined where they stay in it. */
  readonly backups: string | undefined;
  /** Lowest level of the log that the Worker writes. */
  readonly logLevel: string;
}

const DEFAULT_PORT = 8787;
const USAGE = "npm start -- --help lists the options";

export const START_HELP = `npm start -- [options]

  --port 8787                 port of the one address that is opened in a browser
  --state .wrangler/state     folder of the database, files, secrets and logs
  --backups .wrangler/backups folder of the backups, apart from the state
  --log warning               lowest level of the log: debug, info, warning or error
  --sidecar                   runs a sidecar beside it, which holds venues' streams
  --terminal-port 8443        port of the sidecar that MetaTrader terminals dial; 0 for any that is free
  --stand-in BINANCE.testnet=http://127.0.0.1:9101
                              origin of a venue's stand-in; may be given several times
  --always-open               stand-ins trade at any hour, as no real venue does`;

const LOG_LEVELS = ["debug", "info", "warning", "error"];

/** The options, "help" where that is asked for, or what is wrong with them in one line. */
export function readStartOptions(
  argv: readonly string[],
  mode: StartOptions["mode"],
): StartOptions | "help" | { readonly wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: "string" },
        state: { type: "string" },
        "stand-in": { type: "string", multiple: true },
        "always-open": { type: "boolean" },
        backups: { type: "string" },
        sidecar: { type: "boolean" },
        "terminal-port": { type: "string" },
        log: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
      strict: true,
    });
    if (values.help === true) return "help";
    const port = values.port === undefined ? DEFAULT_PORT : Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_534) {
      return { wrong: `--port must be a whole number from 1 to 65534, was ${values.port}` };
    }
    const standIns: Record<string, string> = {};
    for (const text of values["stand-in"] ?? []) {
      const [, venue, origin] = /^([A-Z0-9]+\.[a-z]+)=(https?:\/\/[^/\s]+)$/.exec(text) ?? [];
      if (venue === undefined || origin === undefined) {
        return { wrong: `--stand-in must be such as BINANCE.testnet=http://127.0.0.1:9101, was ${text}` };
      }
      standIns[venue] = origin;
    }
    if (values.log !== undefined && !LOG_LEVELS.includes(values.log)) {
      return { wrong: `--log must be one of ${LOG_LEVELS.join(", ")}, was ${values.log}` };
    }
    const terminalPort = values["terminal-port"] === undefined ? undefined : Number(values["terminal-port"]);
    if (
      terminalPort !== undefined &&
      !(Number.isInteger(terminalPort) && terminalPort >= 0 && terminalPort <= 65_535)
    ) {
      return { wrong: `--terminal-port must be a whole number from 0 to 65535, was ${values["terminal-port"]}` };
    }
    if (terminalPort !== undefined && values.sidecar !== true) {
      return { wrong: "--terminal-port must come with --sidecar, which terminals dial" };
    }
    const stateDirectory = resolve(values.state ?? ".wrangler/state");
    // Whoever chooses a place for the state chooses one for its backups too.
    const backups = values.backups ?? (values.state === undefined ? ".wrangler/backups" : undefined);
    return {
      mode,
      port,
      stateDirectory,
      standIns,
      standInsAlwaysOpen: values["always-open"] === true,
      hasSidecar: values.sidecar === true,
      terminalPort,
      backups: backups === undefined ? undefined : resolve(backups),
      logLevel: values.log ?? "warning",
    };
  } catch (error) {
    return { wrong: `${error instanceof Error ? error.message : String(error)}\n${USAGE}` };
  }
}

import { parseArgs } from "node:util";
import { VENUES } from "./venues.ts";

export interface StandInOptions {
  /** A name of `VENUES`. */
  readonly venue: string;
  /** 0 where any that is free will do. */
  readonly port: number;
  /** Whether it has candles of nights and weekends too. */
  readonly isAlwaysOpen: boolean;
  /** Whether its keys may withdraw money, as none should. */
  readonly canWithdraw: boolean;
  /** The sidecar that a terminal dials, and the key that the page showed. */
  readonly terminal: TerminalOptions | undefined;
}

export interface TerminalOptions {
  readonly host: string;
  readonly port: number;
  readonly keyId: string;
  readonly secret: string;
}

const NAMES = Object.keys(VENUES);
const COMMAND = "npx node e2e/venues/main.ts";
const USAGE = `${COMMAND} --help lists the options`;
const PORT_MAX = 65_535;

export const STAND_IN_HELP = `${COMMAND} VENUE [options]

Serves a stand-in of a venue on this machine until it is stopped; it forgets everything then. It prints its address, the
keys that it takes and where it is broken on purpose: docs/venues/stand-ins.md. VENUE is one of
${NAMES.join(", ")}.

  --port 9101              port of its address; any that is free where it is left out

Of binance:

  --can-withdraw           its keys may withdraw money: a server must refuse them

Of xts, which keeps the hours of its exchange:

  --always-open            has candles at any hour; the server needs its own --always-open

Of mt5, which dials the sidecar of a server as a terminal does (npm start -- --sidecar), with what the page shows:

  --dial 127.0.0.1:8443    host and port of the sidecar for terminals
  --key-id con_...         the key's name
  --secret ...             the key`;

/** The options, "help" where that is asked for, or what is wrong with them. */
export function readStandInOptions(argv: readonly string[]): StandInOptions | "help" | { readonly wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: {
        port: { type: "string" },
        "always-open": { type: "boolean", default: false },
        "can-withdraw": { type: "boolean", default: false },
        dial: { type: "string" },
        "key-id": { type: "string" },
        secret: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
      allowPositionals: true,
      strict: true,
    });
    if (values.help === true) return "help";
    const [venue = "", ...rest] = positionals;
    if (!NAMES.includes(venue) || rest.length > 0) {
      const given = positionals.length === 0 ? "left out" : positionals.join(" ");
      throw new RangeError(`VENUE must be one of ${NAMES.join(", ")}, was ${given}`);
    }
    const isAlwaysOpen = values["always-open"];
    if (isAlwaysOpen && venue !== "xts")
      throw new RangeError(`--always-open must be left out for ${venue}: only xts has hours`);
    const canWithdraw = values["can-withdraw"];
    if (canWithdraw && venue !== "binance")
      throw new RangeError(`--can-withdraw must be left out for ${venue}: only binance tells what its keys may do`);
    const port = portOf("--port", values.port ?? "0", 0);
    return { venue, port, isAlwaysOpen, canWithdraw, terminal: terminalOf(venue, values) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { wrong: `${text.replaceAll("\n", " ")}\n${USAGE}` };
  }
}

interface TerminalTexts {
  readonly dial?: string | undefined;
  readonly "key-id"?: string | undefined;
  readonly secret?: string | undefined;
}

function terminalOf(venue: string, texts: TerminalTexts): TerminalOptions | undefined {
  const given = (["dial", "key-id", "secret"] as const).filter((name) => texts[name] !== undefined);
  if (given.length === 0) return undefined;
  if (venue !== "mt5") throw new RangeError(`--${given[0]} must be left out for ${venue}: only mt5 dials`);
  const [, host, port] = /^([^:\s]+):(\d+)$/.exec(texts.dial ?? "") ?? [];
  if (host === undefined || port === undefined) {
    throw new RangeError(`--dial must be host and port such as 127.0.0.1:8443, was ${texts.dial ?? "left out"}`);
  }
  const { "key-id": keyId = "", secret = "" } = texts;
  if (keyId === "") throw new RangeError("--key-id must be the key's name as the page shows it, was left out");
  // What was given is not shown: it would stay in logs.
  if (secret === "") throw new RangeError("--secret must be the key as the page shows it, was left out");
  return { host, port: portOf("--dial's port", port, 1), keyId, secret };
}

function portOf(name: string, text: string, min: number): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port >= min && port <= PORT_MAX) return port;
  throw new RangeError(
    `${name} must be a whole number from ${min} to ${PORT_MAX}, was ${text === "" ? "empty" : text}`,
  );
}

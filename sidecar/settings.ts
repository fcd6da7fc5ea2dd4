import { readFileSync } from "node:fs";
import { z } from "zod";
import { sidecarKey } from "../workers/auth/sidecar-token.ts";
import { BEATS, type BeatSettings } from "./account-line.ts";

const Port = z.coerce.number().int().min(0).max(65_535);
const Ms = z.coerce.number().int().min(50).max(60_000);

const Variables = z.object({
  SIDECAR_SECRET: z.string().optional(),
  SIDECAR_CALLBACKS: z.string().default(""),
  SIDECAR_HOST: z.string().default("0.0.0.0"),
  SIDECAR_PORT: Port.default(8080),
  SIDECAR_BEAT_MS: Ms.default(BEATS.everyMs),
  SIDECAR_SILENT_MS: Ms.default(BEATS.silentMsMax),
  SIDECAR_DRAIN_MS: Ms.default(5_000),
  MT5_PORT: Port.optional(),
  MT5_TLS_CERT: z.string().optional(),
  MT5_TLS_KEY: z.string().optional(),
  MT5_PLAIN: z.enum(["true", "false"]).default("false"),
});

export interface Settings {
  readonly key: Uint8Array;
  readonly host: string;
  readonly port: number;
  readonly callbackOrigins: readonly string[];
  readonly beats: BeatSettings;
  /** How long it may take to leave after a SIGTERM, ms. */
  readonly drainMs: number;
  /** Where terminals dial in; undefined where none do. */
  readonly bridge: { readonly port: number; readonly tls: { cert: string; key: string } | undefined } | undefined;
}

/** Settings of a process's environment. Throws, naming the variable, where it cannot run with them. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const parsed = Variables.safeParse(environment);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new RangeError(`${issue?.path.join(".")} must be set rightly: ${issue?.message}`);
  }
  const it = parsed.data;
  const callbackOrigins = it.SIDECAR_CALLBACKS.split(",")
    .filter((text) => text !== "")
    .map(originOf);
  if (callbackOrigins.length === 0)
    throw new RangeError("SIDECAR_CALLBACKS must name an origin such as wss://trade.example.org");
  return {
    key: sidecarKey(it.SIDECAR_SECRET),
    host: it.SIDECAR_HOST,
    port: it.SIDECAR_PORT,
    callbackOrigins,
    beats: { everyMs: it.SIDECAR_BEAT_MS, silentMsMax: it.SIDECAR_SILENT_MS },
    drainMs: it.SIDECAR_DRAIN_MS,
    bridge: bridgeOf(it),
  };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.hostname === "127.0.0.1" || url?.hostname === "localhost";
  if (url === undefined || url.origin !== text || !(url.protocol === "wss:" || (url.protocol === "ws:" && isLocal))) {
    throw new RangeError(`SIDECAR_CALLBACKS must name origins such as wss://trade.example.org, was ${text}`);
  }
  return url.origin;
}

function bridgeOf(it: z.infer<typeof Variables>): Settings["bridge"] {
  const { MT5_PORT: port, MT5_TLS_CERT: cert, MT5_TLS_KEY: key, MT5_PLAIN: plain } = it;
  if (port === undefined) return undefined;
  if (cert !== undefined && key !== undefined) {
    return { port, tls: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") } };
  }
  // Keys never cross the line, but orders and prices would be open to everybody on the way.
  if (plain !== "true") throw new RangeError("MT5_TLS_CERT and MT5_TLS_KEY must name the files of a certificate");
  return { port, tls: undefined };
}

import type { LogLine } from "../platform/log-event.ts";

export interface ReportPlace {
  readonly release: string;
  readonly deployment: string;
}

interface Report {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** UTC ms. */
  readonly at: number;
  /** A line of the log: what the list of fields let through, and so nothing else. */
  readonly line: LogLine;
}

/** Fields by which reports are searched. */
const TAGS = [
  ...["requestId", "ownerId", "accountId", "botId", "orderId", "runId", "id", "job", "name", "venue", "route", "path"],
];

/**
 * A report as an envelope: https://develop.sentry.dev/sdk/data-model/envelopes/. Everything in it is of the line of the log,
 * which a list of fields has been through.
 */
export function sentryEnvelope({ id, at, line }: Report, { release, deployment }: ReportPlace): string {
  const { event: name, level, error, ...fields } = line;
  const tags = Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (TAGS.includes(key) ? [[key, String(value)]] : [])),
  );
  const event = {
    event_id: id,
    timestamp: at / 1_000,
    platform: "javascript",
    level,
    logger: name,
    transaction: name,
    release: `apextrade@${release}`,
    environment: deployment,
    tags: { event: name, ...tags },
    extra: Object.fromEntries(Object.entries(fields).filter(([key]) => !TAGS.includes(key))),
    // One fault of one place is one issue, whatever id its message names.
    fingerprint: [String(name), kindOf(error)],
    exception: { values: [exceptionOf(error)] },
  };
  const payload = JSON.stringify(event);
  const head = { event_id: id, sent_at: new Date(at).toISOString() };
  const item = {
    type: "event",
    length: new TextEncoder().encode(payload).byteLength,
    content_type: "application/json",
  };
  return `${JSON.stringify(head)}\n${JSON.stringify(item)}\n${payload}\n`;
}

interface ShownError {
  readonly message: string;
  readonly at?: readonly string[];
}

function shownError(error: unknown): ShownError {
  if (typeof error !== "object" || error === null || !("message" in error)) return { message: String(error) };
  return error as ShownError;
}

function kindOf(error: unknown): string {
  return /^(\w{1,60}): /.exec(shownError(error).message)?.[1] ?? "Error";
}

function exceptionOf(error: unknown) {
  const { message, at = [] } = shownError(error);
  const frames = at.flatMap((text) => frameOf(text) ?? []);
  return {
    type: kindOf(error),
    value: message.replace(/^\w{1,60}: /, ""),
    // The format wants the place of the throw last.
    ...(frames.length === 0 ? {} : { stacktrace: { frames: frames.toReversed() } }),
  };
}

/** A line of a stack, such as "at name (file:1:2)" or "at file:1:2". */
function frameOf(text: string) {
  if (!text.startsWith("at ")) return undefined;
  const bracket = text.lastIndexOf(" (");
  const name = bracket < 0 ? "?" : text.slice("at ".length, bracket);
  const place = bracket < 0 ? text.slice("at ".length) : text.slice(bracket + " (".length).replace(/\)$/, "");
  const parts = place.split(":");
  const [lineno, colno] = parts.splice(-2).map(Number);
  if (parts.length === 0 || !Number.isInteger(lineno) || !Number.isInteger(colno)) return undefined;
  return { function: name, filename: parts.join(":"), lineno, colno, in_app: true };
}

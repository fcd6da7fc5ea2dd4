import { logContext } from "./log-context.ts";

/**
 * The one way to the log. Only fields of the list are written, each as the kind of thing it is; whatever else is
 * handed in is left out by name. So a secret does not reach the log because somebody logged an object that held it.
 */

// A line of a log is for finding what failed; whole documents have no place in it.
const TEXT_CHARACTERS_MAX = 300;
const STACK_FRAMES_MAX = 12;
const FRAME_CHARACTERS_MAX = 200;
const DROPPED_NAMES_MAX = 10;

const ID = /^[\w.:-]{1,80}$/;
/** Names of ours: of events, jobs, stores, limits. No digits and no capitals, as keys and tokens have. */
const LABEL = /^[a-z][a-z _-]{0,39}$/;
/** Codes of ours and of venues: words in capitals with a digit at most, or small numbers, as keys are not. */
const CODE = /^(?:[A-Z]{1,20}(?:_[A-Z]{1,20}){0,5}\d?|-?\d{1,6})$/;
/** A word of our routes: shorter than what is opaque, and without capitals, as ids and tokens are not. */
const SEGMENT = /^[a-z][a-z\d.-]{0,18}$/;
/** A function and a place in our bundle, as V8 writes them: nothing that came from outside. */
const FRAME = /^\s*at (?:[\w.$<>[\] ]{1,100} \()?[\w./:@-]{1,300}:\d{1,9}:\d{1,9}\)?$/;
/** Longer than our words and numbers: keys, tokens and what they look like when encoded. */
const OPAQUE = /[\w+/=.%~-]{20,}/g;
/** A word in the sense of addresses: what has an @ is left out whole. */
const WORD = /[^\s<>"']+/g;
/** Controls of terminals and of lines, and what turns the direction of text: a log line must stay one line of text. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

type Kind = (value: unknown) => unknown;

const id: Kind = (value) => (typeof value === "string" && ID.test(value) ? value : "[not an id]");
const label: Kind = (value) => (typeof value === "string" && LABEL.test(value) ? value : "[not shown]");
const code: Kind = (value) => (typeof value === "string" && CODE.test(value) ? value : "[not a code]");
const number: Kind = (value) => (typeof value === "number" ? value : "[not a number]");
const path: Kind = (value) => pathText(String(value));
const text: Kind = (value) => plainText(String(value));

const FIELDS = {
  requestId: id,
  runId: id,
  ownerId: id,
  accountId: id,
  botId: id,
  orderId: id,
  id,
  letter: id,
  name: label,
  job: label,
  outcome: label,
  venue: code,
  code,
  method: code,
  route: path,
  status: number,
  elapsedMs: number,
  attempts: number,
  count: number,
  memoryKib: number,
  passes: number,
  path,
  reason: text,
  error: errorText,
} satisfies Record<string, Kind>;

export type LogFields = { readonly [Name in keyof typeof FIELDS]?: unknown };

/** From what is only for who looks for a fault, to what somebody has to see to. */
export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line as it is written, every field as the list of fields lets it through. */
export type LogLine = Readonly<Record<string, unknown>>;

interface LogSettings {
  /** Lines below are not written. */
  level: LogLevel;
  /** Hears every line from warnings on, also of levels that are not written. It must not throw. */
  listener: (level: LogLevel, line: LogLine) => void;
}

const settings: LogSettings = { level: "warning", listener: () => undefined };

/** The platform shows the level of each of these, and `wrangler tail` filters by it. */
const WRITERS: Readonly<Record<LogLevel, (line: string) => void>> = {
  debug: (line) => console.debug(line),
  info: (line) => console.info(line),
  warning: (line) => console.warn(line),
  error: (line) => console.error(line),
};

/** Sets what is written from now on. `level` is a setting of the deployment: one that is none changes nothing. */
export function setLog({ level, listener }: { level?: string | undefined; listener?: LogSettings["listener"] }): void {
  settings.level = LOG_LEVELS.find((one) => one === level) ?? settings.level;
  settings.listener = listener ?? settings.listener;
}

/**
 * Writes one line of JSON: the event's name, its level, whose work it belongs to, and the fields of the list. Without a level
 * an event with an error is an error, any other a warning.
 */
export function logEvent(event: string, fields: LogFields = {}, level = levelOf(fields)): void {
  const rank = LOG_LEVELS.indexOf(level);
  const isWritten = rank >= LOG_LEVELS.indexOf(settings.level);
  const isHeard = rank >= LOG_LEVELS.indexOf("warning");
  if (!isWritten && !isHeard) return;
  const line = shownFields(event, { ...logContext(), ...fields }, level);
  if (isWritten) WRITERS[level](JSON.stringify(line));
  if (isHeard) settings.listener(level, line);
}

function levelOf(fields: LogFields): LogLevel {
  return fields.error === undefined ? "warning" : "error";
}

/** The line that `logEvent` writes. */
export function logLine(event: string, fields: Readonly<Record<string, unknown>>, level?: LogLevel): string {
  return JSON.stringify(shownFields(event, fields, level));
}

function shownFields(event: string, fields: Readonly<Record<string, unknown>>, level: LogLevel | undefined): LogLine {
  const line: Record<string, unknown> = { event: label(event), ...(level === undefined ? {} : { level }) };
  const dropped: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (Object.hasOwn(FIELDS, name)) line[name] = FIELDS[name as keyof typeof FIELDS](value);
    else dropped.push(ID.test(name) ? plainText(name) : "[not a name]");
  }
  if (dropped.length > 0) line.dropped = dropped.slice(0, DROPPED_NAMES_MAX);
  return line;
}

/** An error's kind and message, and where it was thrown: the stack's frames without the message that heads it. */
function errorText(error: unknown): unknown {
  if (!(error instanceof Error)) return plainText(String(error));
  const stack = error.stack ?? "";
  // A message may itself look like frames, so that only what follows it counts.
  const after = stack.indexOf(error.message);
  const frames = after < 0 ? [] : stack.slice(after + error.message.length).split("\n");
  const known = frames.filter((line) => FRAME.test(line));
  const at = known.slice(0, STACK_FRAMES_MAX).map((frame) => frame.trim().slice(0, FRAME_CHARACTERS_MAX));
  const cause = error.cause === undefined ? {} : { cause: plainText(String(error.cause)) };
  return { message: plainText(`${error.name}: ${error.message}`), ...cause, at };
}

/** A path as far as it is made of our words; what stands in the place of an id or a name is not shown. */
function pathText(value: string): string {
  const segments = value.slice(0, TEXT_CHARACTERS_MAX).split("/");
  return segments.map((segment) => (segment === "" || SEGMENT.test(segment) ? segment : "*")).join("/");
}

function plainText(value: string): string {
  const short = value
    .slice(0, 10 * TEXT_CHARACTERS_MAX)
    .replace(WORD, (word) => (word.includes("@") ? "[address]" : word))
    .replace(OPAQUE, "[long]");
  return short.replace(CONTROLS, "\u{fffd}").slice(0, TEXT_CHARACTERS_MAX);
}

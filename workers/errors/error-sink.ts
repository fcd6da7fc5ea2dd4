import type { LogLine } from "../platform/log-event.ts";

/** Where errors are reported to. It takes a report and answers nothing: who reports must never wait. */
export interface ErrorSink {
  report(line: LogLine): void;
}

/** Where no sink is set up, errors are in the log and nowhere else. */
export const NO_SINK: ErrorSink = { report: () => undefined };

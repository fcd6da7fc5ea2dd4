import type { Span } from "./syntax.ts";

/** Something wrong (error) or doubtful (warning) in a rule text. Offsets are of characters; line and column from 1. */
export interface Diagnostic {
  from: number;
  to: number;
  line: number;
  column: number;
  severity: "error" | "warning";
  message: string;
  /** What would be right, ready to be put in the place of the span; `null` where nothing is near. */
  suggestion: string | null;
}

/** Most that is reported of one text: a reader mends the first ones first. */
const DIAGNOSTICS_MAX = 100;

/** Collects what is wrong with one text. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  private readonly lineStarts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.lineStarts.push(at + 1);
  }

  get failed(): boolean {
    return this.list.some((entry) => entry.severity === "error");
  }

  error(span: Span, message: string, suggestion?: string): void {
    this.add("error", span, message, suggestion);
  }

  warn(span: Span, message: string): void {
    this.add("warning", span, message);
  }

  /** Line of an offset, from 1. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.lineStarts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** In the order of the text. */
  sorted(): Diagnostic[] {
    return [...this.list].sort((left, right) => left.from - right.from || left.to - right.to);
  }

  private add(severity: Diagnostic["severity"], span: Span, message: string, suggestion?: string): void {
    if (this.list.length >= DIAGNOSTICS_MAX) return;
    const line = this.lineOf(span.from);
    const column = span.from - this.lineStarts[line - 1] + 1;
    this.list.push({ from: span.from, to: span.to, line, column, severity, message, suggestion: suggestion ?? null });
  }
}

/** A rule text that cannot run. `diagnostics` holds every finding; the message is the first error with its place. */
export class RuleError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const first = diagnostics.find((entry) => entry.severity === "error") ?? diagnostics[0];
    super(first === undefined ? "rules are wrong" : `line ${first.line}, column ${first.column}: ${first.message}`);
    this.name = "RuleError";
    this.diagnostics = diagnostics;
  }
}

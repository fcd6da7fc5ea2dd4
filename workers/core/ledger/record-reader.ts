import type { Decimal } from "./decimal.ts";
import { parseDecimal } from "./decimal-text.ts";

/** What was stored and is not what was written. The message names field, rule and value. */
export class RecordError extends Error {
  override readonly name = "RecordError";
}

/** Reads the fields of a stored record, each by what it must be. */
export class RecordReader {
  private readonly fields: Readonly<Record<string, unknown>>;
  private readonly path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new RecordError(`${path} must be a record, was ${JSON.stringify(value)}`);
    }
    this.fields = value as Readonly<Record<string, unknown>>;
    this.path = path;
  }

  /** The record of a JSON text. */
  static ofText(text: string, path: string): RecordReader {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new RecordError(`${path} must be JSON, was ${JSON.stringify(text.slice(0, SHOWN_CHARACTERS_MAX))}`);
    }
    return new RecordReader(value, path);
  }

  text(field: string): string {
    return this.read(field, "text", (value) => (typeof value === "string" ? value : undefined));
  }

  /** A whole number, such as a time or a count. */
  whole(field: string): number {
    return this.read(field, "a whole number", (value) => (Number.isSafeInteger(value) ? (value as number) : undefined));
  }

  flag(field: string): boolean {
    return this.read(field, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }

  oneOf<T extends string>(field: string, choices: readonly T[]): T {
    const known = choices.find((choice) => choice === this.fields[field]);
    if (known !== undefined) return known;
    throw this.refusal(field, `one of ${choices.join(", ")}`);
  }

  /** A decimal of the kind asked for, kept as text. */
  decimal<T extends Decimal>(field: string): T {
    return parseDecimal(this.fields[field], `${this.path}.${field}`) as T;
  }

  record(field: string): RecordReader {
    return new RecordReader(this.fields[field], `${this.path}.${field}`);
  }

  records(field: string): RecordReader[] {
    return this.list(field).map((value, index) => new RecordReader(value, `${this.path}.${field}[${index}]`));
  }

  numbers(field: string): number[] {
    return this.list(field).map((value) => {
      if (typeof value === "number" && Number.isFinite(value)) return value;
      throw new RecordError(`${this.path}.${field} must be a list of numbers, was ${JSON.stringify(value)}`);
    });
  }

  texts(field: string): string[] {
    return this.list(field).map((value) => {
      if (typeof value === "string") return value;
      throw new RecordError(`${this.path}.${field} must be a list of texts, was ${JSON.stringify(value)}`);
    });
  }

  /** Names of all fields that are there. */
  names(): string[] {
    return Object.keys(this.fields);
  }

  /** A number of any size, such as a share of a count. */
  number(field: string): number {
    return this.read(field, "a finite number", (value) => (Number.isFinite(value) ? (value as number) : undefined));
  }

  /** What `read` makes of a field that is there; undefined where it was left out. */
  optional<T>(field: string, read: (reader: this) => T): T | undefined {
    return this.fields[field] === undefined ? undefined : read(this);
  }

  private list(field: string): readonly unknown[] {
    return this.read(field, "a list", (value) => (Array.isArray(value) ? value : undefined));
  }

  private read<T>(field: string, rule: string, take: (value: unknown) => T | undefined): T {
    const taken = take(this.fields[field]);
    if (taken !== undefined) return taken;
    throw this.refusal(field, rule);
  }

  private refusal(field: string, rule: string): RecordError {
    return new RecordError(`${this.path}.${field} must be ${rule}, was ${JSON.stringify(this.fields[field])}`);
  }
}

/** Characters of a broken text that an error repeats. */
const SHOWN_CHARACTERS_MAX = 40;

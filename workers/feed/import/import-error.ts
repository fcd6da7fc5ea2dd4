/** What can be wrong with a file of candles as a whole. */
export type ImportErrorCode =
  | "empty-file"
  | "unknown-format"
  | "unknown-layout"
  | "broken-file"
  | "too-large"
  | "line-too-long"
  | "too-many-rows"
  | "too-many-columns"
  | "timeframe-unknown"
  | "unsorted"
  | "no-candles";

/** A file that cannot be imported. The message says what to do; `field` and `row` say where, as far as it is known. */
export class ImportError extends Error {
  readonly code: ImportErrorCode;
  readonly field?: string;
  readonly row?: number;

  constructor(
    code: ImportErrorCode,
    message: string,
    where: { readonly field?: string; readonly row?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: where.cause });
    this.name = "ImportError";
    this.code = code;
    this.field = where.field;
    this.row = where.row;
  }
}

const MIB = 1024 ** 2;

/** Largest file taken: what a Worker accepts as a request body on the common plans. */
export const UPLOAD_BYTES_MAX = 100 * MIB;

/** Most bytes a compressed file may unpack to: 20 years of minutes with all columns stay under it. */
export const UNPACKED_BYTES_MAX = 1024 * MIB;

/** Candles in text shrink to about a tenth; a file that unpacks to this many times its size was made to do harm. */
export const UNPACK_RATIO_MAX = 200;

/** Bytes unpacked before the ratio is judged, since a short file of equal rows may shrink a lot and be honest. */
export const UNPACK_RATIO_FROM_BYTES = 4 * MIB;

/** Longest line of a text file: candle rows have some 100 bytes, the widest exports 1,000. */
export const LINE_BYTES_MAX = 16 * 1024;

/** Most columns of a file; vendors add a few dozen at most. */
export const COLUMNS_MAX = 200;

/** Most rows of one file: 25 years of minutes. */
export const ROWS_MAX = 15_000_000;

/** Rows that fit in memory at once (29 MB) and may therefore come in any order; a longer file must be sorted. */
export const SORT_ROWS_MAX = 500_000;

/** Column files (Parquet, Arrow) are read whole, since their index is at the end: a third of an isolate's memory. */
export const COLUMN_FILE_BYTES_MAX = 40 * MIB;

/** Rows handed on at a time: small beside an isolate's memory, large beside the cost of a chunk. */
export const CHUNK_ROWS = 65_536;

/** Rows looked at to find the timeframe and the order. */
export const PROBE_ROWS = 5_000;

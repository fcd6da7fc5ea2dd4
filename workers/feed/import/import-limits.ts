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

/**
 * Longest description of a column file: the index at the end of a Parquet file, the head of an Arrow message. Its objects
 * take many times its bytes; a thousand row groups of six columns need less.
 */
export const DESCRIPTION_BYTES_MAX = 2 * MIB;

/** Largest page of a Parquet column, which is unpacked whole; writers make pages of about 1 MB. */
export const PAGE_BYTES_MAX = 12 * MIB;

/** Most values of a Parquet page: a whole row group of the size that common writers make by default. */
export const PAGE_VALUES_MAX = 1024 * 1024;

/** Largest column of an Arrow batch that must be held whole, as packed columns and text must: two million numbers. */
export const BATCH_COLUMN_BYTES_MAX = 16 * MIB;

/** Bytes of a column file read at a time where its parts are small. */
export const BLOCK_BYTES = 4 * MIB;

/** The same for each column of a row group that is larger: six of them are held at once. */
export const COLUMN_BLOCK_BYTES = MIB;

/** Rows handed on at a time: small beside an isolate's memory, large beside the cost of a chunk. */
export const CHUNK_ROWS = 65_536;

/** Rows looked at to find the timeframe and the order. */
export const PROBE_ROWS = 5_000;

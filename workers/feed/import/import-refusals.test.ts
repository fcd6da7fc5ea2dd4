import { describe, expect, test } from "vitest";
import { importCandles } from "./import-candles.ts";
import { SORT_ROWS_MAX, UPLOAD_BYTES_MAX } from "./import-limits.ts";
import { errorOf, gzip, HEADER, memoryStage, type Options, row, T0 } from "./import-testing.ts";

/** Files that must fail, each with its code and a part of the message that says what to do. */
const BROKEN: readonly (readonly [
  string,
  () => Uint8Array | string | Promise<Uint8Array>,
  string,
  string,
  Options?,
])[] = [
  ["an empty file", () => "", "empty-file", "empty"],
  ["an empty gzip file", () => gzip(""), "empty-file", "holds nothing"],
  ["a header without rows", () => HEADER, "empty-file", "no rows"],
  [
    "a wrong header",
    () => "when,first,top,bottom,last\n1,2,3,4,5\n",
    "unknown-layout",
    '"open" is missing, columns were: when',
  ],
  ["prose", () => "It was a dark and stormy night\nand\nthe\nrain\nfell", "unknown-layout", "must name columns"],
  ["one row of unknown timeframe", () => HEADER + row(0), "timeframe-unknown", "say which it is"],
  [
    "rows 45 s apart",
    () => `${HEADER}${[0, 45, 90, 135].map((s) => `${T0 / 1000 + s},10,12,9,11,5`).join("\n")}`,
    "timeframe-unknown",
    "45 s apart",
  ],
  [
    "a timeframe larger than the rows",
    () => HEADER + row(0) + row(1),
    "timeframe-unknown",
    "import as 1m",
    { timeframe: "1h" },
  ],
  [
    "only bad rows",
    () => HEADER + row(0, "10,9,9,11,5") + row(1, "10,9,9,11,5"),
    "no-candles",
    '2 of 2 broke "high must',
  ],
  [
    "dates with the day first",
    () => `${HEADER}31/01/2024,10,12,9,11,5\n30/01/2024,10,12,9,11,5\n`,
    "no-candles",
    "2024-01-31",
  ],
  ["a CSV of 10 million columns", () => `${"a,".repeat(10_000_000)}b\n`, "line-too-long", "at most"],
  ["a header of 300 columns", () => `${"a,".repeat(300)}b\n`, "too-many-columns", "at most 200 columns"],
  ["a gzip file cut off", () => cutGzip(), "broken-file", "cut off"],
  ["a gzip bomb", () => gzip(gzipBombText()), "too-large", "times its size"],
  ["a zip archive", () => "PK\x03\x04aaaaaaaaaaaa", "unknown-format", "unpack it"],
  ["a damaged Parquet file", () => `PAR1${"x".repeat(500)}PAR1`, "broken-file", "damaged"],
  ["a damaged Arrow file", () => `ARROW1\0\0${"x".repeat(500)}ARROW1`, "broken-file", "damaged"],
];

async function cutGzip(): Promise<Uint8Array> {
  const rows = Array.from({ length: 5000 }, (_, minute) => row(minute, `${minute + 1},9999,1,2,${minute}`));
  return (await gzip(HEADER + rows.join(""))).subarray(0, 9000);
}

function gzipBombText(): Uint8Array {
  const text = new TextEncoder().encode(HEADER + row(0) + row(1));
  const bomb = new Uint8Array(200_000_000).fill(10);
  bomb.set(text);
  return bomb;
}

describe("importCandles refuses a file as a whole", () => {
  test.each(BROKEN.map(([name, file, code, message, options]) => ({ name, file, code, message, options })))(
    "$name",
    async ({ file, code, message, options }) => {
      const bytes = await file();
      const error = await errorOf(bytes, options);
      expect(error.code).toBe(code);
      expect(error.message).toContain(message);
    },
  );

  test("binary data that is no known format", async () => {
    const noise = new Uint8Array(3000).map((_, i) => (i % 97 === 0 ? 10 : (i * 31) % 256));
    expect(["unknown-format", "unknown-layout"]).toContain((await errorOf(noise)).code);
  });

  test("a file over the upload limit stops being read at the limit", async () => {
    let given = 0;
    const piece = new TextEncoder().encode(row(0).repeat(20_000));
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        given += piece.length;
        controller.enqueue(given === piece.length ? new TextEncoder().encode(HEADER) : piece);
      },
    });
    const read = async () => {
      const reading = await importCandles({
        stream,
        stage: memoryStage(),
        fileName: "endless.csv",
        timeframe: "1m",
        price: "bid",
      });
      for await (const _ of reading.chunks);
    };
    await expect(read()).rejects.toMatchObject({ code: "too-large" });
    expect(given).toBeLessThan(UPLOAD_BYTES_MAX + 10 * piece.length);
  });

  test("rows out of order in a file too long to sort", async () => {
    const seconds = T0 / 1000;
    const rows = Array.from(
      { length: SORT_ROWS_MAX + 70_000 },
      (_, i) => `${seconds + 60 * (i === 400_000 ? 1 : i)},2,2,2,2,0`,
    );
    const error = await errorOf(`${HEADER}${rows.join("\n")}`);
    expect(error.code).toBe("unsorted");
    expect(error.message).toContain("oldest first");
  });
});

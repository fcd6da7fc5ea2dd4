import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { CandleSeries, Dataset, Import } from "../../schema/wire/dataset.ts";
import type { Problem } from "../../schema/wire/primitive.ts";
import { arrowOf, numbered, parquetOf } from "../feed/import/column-file-testing.ts";
import { newClient, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";

let client: TestClient;
beforeEach(async () => {
  client = await newClient({ bindings: withTestQueue().bindings });
});

const HEADER = "time,open,high,low,close,volume";
const DAY_MS = 86_400_000;

/** A CSV of `days` daily candles from 2024-01-01. */
function csv(days: number, first = 0): string {
  const rows = Array.from({ length: days }, (_, index) => {
    const date = new Date(Date.UTC(2024, 0, 1) + (first + index) * DAY_MS).toISOString().slice(0, 10);
    return `${date},${index + 1},${index + 3},${index + 1},${index + 2},10`;
  });
  return `${[HEADER, ...rows].join("\n")}\n`;
}

function upload(body: string, query = "symbol=XYZ-USD"): Promise<Response> {
  return client.send("POST", `/api/v1/datasets/import?fileName=a.csv&${query}`, body, { "Content-Type": "text/csv" });
}

async function imported(body: string): Promise<string> {
  const reply = await upload(body);
  expect(reply.status).toBe(201);
  return (await reply.json<Import>()).datasetId ?? "";
}

async function storedObjects(): Promise<number> {
  const held = await Promise.all(
    ["candles", "imports"].map((kind) => env.BUCKET.list({ prefix: `${kind}/${client.userId}/` })),
  );
  return held.reduce((sum, { objects }) => sum + objects.length, 0);
}

/** 210,000 minutes as a column file of several megabytes. */
function minutesAs(format: "parquet" | "arrow"): Uint8Array {
  return format === "parquet"
    ? parquetOf(numbered(210_000), { codec: "UNCOMPRESSED" })
    : arrowOf(numbered(210_000), "file");
}

function uploadBytes(bytes: Uint8Array, name: string): Promise<Response> {
  return client.upload(`/api/v1/datasets/import?fileName=${name}&symbol=BIG-USD&kind=crypto`, bytes.slice().buffer);
}

describe("an imported file", () => {
  it("comes back the same as it went in", async () => {
    const id = await imported(csv(40));
    const dataset = await client.json<Dataset>("GET", `/api/v1/datasets/${id}`);
    expect(dataset).toMatchObject({ name: "XYZ-USD 1d", timeframe: "1d", candles: 40, from: Date.UTC(2024, 0, 1) });
    expect(dataset.instrument).toMatchObject({ base: "XYZ", quote: "USD" });
    const file = await client.send("GET", `/api/v1/datasets/${id}/export?format=csv`);
    expect(file.headers.get("Content-Disposition")).toBe('attachment; filename="XYZ-USD-1d.csv"');
    expect((await file.text()).replaceAll("T00:00:00Z", "")).toBe(csv(40));
    const series = await client.json<CandleSeries>("GET", `/api/v1/datasets/${id}/candles?timeframe=1w`);
    expect(series).toMatchObject({ timeframe: "1w", open: [1, 8, 15, 22, 29, 36] });
  });

  it.each(["arrow", "parquet"])("survives the way out and in again as %s", async (format) => {
    const id = await imported(csv(40));
    const file = await client.send("GET", `/api/v1/datasets/${id}/export?format=${format}`);
    const bytes = await file.arrayBuffer();
    const reply = await client.upload(`/api/v1/datasets/import?fileName=a.${format}&symbol=AGAIN`, bytes);
    expect(reply.status).toBe(201);
    const again = await client.send("GET", `/api/v1/datasets/${(await reply.json<Import>()).datasetId}/export`);
    expect((await again.text()).replaceAll("T00:00:00Z", "")).toBe(csv(40));
  });

  it.each(["parquet", "arrow"] as const)(
    "of several megabytes of %s is read by its parts, and only its candles stay",
    async (format) => {
      const reply = await uploadBytes(minutesAs(format), `big.${format}`);
      expect(reply.status).toBe(201);
      const { report, datasetId } = await reply.json<Import>();
      expect(report).toMatchObject({ rowsRead: 210_000, rowsKept: 210_000, timeframe: "1m", gapCount: 0 });
      expect(await client.json("GET", `/api/v1/datasets/${datasetId}`)).toMatchObject({ candles: 210_000 });
      expect((await env.BUCKET.list({ prefix: "imports/" })).objects).toEqual([]);
    },
  );

  it("can be added to, and the same rows again change nothing", async () => {
    const id = await imported(csv(10));
    for (const rows of [csv(10, 10), csv(10, 10)]) {
      expect((await upload(rows, `symbol=XYZ-USD&datasetId=${id}`)).status).toBe(201);
    }
    expect(await client.json("GET", `/api/v1/datasets/${id}`)).toMatchObject({ candles: 20 });
  });

  it("is renamed, and is gone with its candles when it is deleted", async () => {
    const id = await imported(csv(10));
    expect(await client.json("PATCH", `/api/v1/datasets/${id}`, { name: "Better" })).toMatchObject({ name: "Better" });
    expect(await storedObjects()).toBeGreaterThan(0);
    expect((await client.send("DELETE", `/api/v1/datasets/${id}`)).status).toBe(204);
    expect((await client.send("GET", `/api/v1/datasets/${id}`)).status).toBe(404);
    expect(await storedObjects()).toBe(0);
  });

  it("stays while a run reads it", async () => {
    const id = await imported(csv(10));
    const settings = { datasetIds: [id], timeframe: "1d", strategy: { kind: "library", id: "noop" } };
    const run = await client.json<{ id: string }>("POST", "/api/v1/backtests", { settings }, 201);
    expect((await client.send("DELETE", `/api/v1/datasets/${id}`)).status).toBe(409);
    await client.send("DELETE", `/api/v1/backtests/${run.id}`);
    expect((await client.send("DELETE", `/api/v1/datasets/${id}`)).status).toBe(204);
  });
});

describe("a bad file", () => {
  it.each([
    ["nothing at all", ""],
    ["a header and no rows", `${HEADER}\n`],
    ["a header that is none", "hello,world\n1,2\n"],
    ["one row and no timeframe", `${HEADER}\n2024-01-01,1,2,1,2,5\n`],
    ["a million columns", `${"x,".repeat(1_000_000)}\n1,2,3\n`],
    ["no readable number", `${HEADER}\n2024-01-01,a,b,c,d,e\n2024-01-02,a,b,c,d,e\n`],
  ])("S54 of %s is refused with a reason, and nothing is stored", async (_title, body) => {
    const before = await client.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    const reply = await upload(body);
    expect(reply.status).toBe(422);
    expect((await reply.json<Problem>()).detail.length).toBeGreaterThan(10);
    expect(await client.json("GET", "/api/v1/datasets")).toEqual(before);
    expect(await storedObjects()).toBe(0);
  });

  it("S54 that unpacks to a thousand times its size is refused early", async () => {
    const zeros = new Blob([`${HEADER}\n`, "0".repeat(64 * 1024 ** 2)])
      .stream()
      .pipeThrough(new CompressionStream("gzip"));
    const bomb = await new Response(zeros).arrayBuffer();
    const reply = await client.upload("/api/v1/datasets/import?fileName=bomb.csv.gz&symbol=BOMB", bomb);
    expect([413, 422]).toContain(reply.status);
    expect(await storedObjects()).toBe(0);
  });

  it.each(["parquet", "arrow"] as const)(
    "S54 of %s that is cut off is refused, and nothing of it stays",
    async (format) => {
      const bytes = minutesAs(format);
      const reply = await uploadBytes(bytes.subarray(0, bytes.length / 2), `cut.${format}`);
      expect(reply.status).toBe(422);
      expect(await reply.json<Problem>()).toMatchObject({ code: "import_broken_file" });
      expect(await storedObjects()).toBe(0);
    },
  );

  it("whose timeframe is not the one asked for leaves nothing behind", async () => {
    const bytes = minutesAs("parquet").slice().buffer;
    const reply = await client.upload("/api/v1/datasets/import?fileName=a&symbol=X&timeframe=1d", bytes);
    expect(reply.status).toBe(422);
    expect(await storedObjects()).toBe(0);
  });

  it("S54 that is declared too large is told how to make it smaller", async () => {
    const headers = { "Content-Type": "text/csv", "Content-Length": String(143 * 1024 ** 2) };
    const reply = await client.send("POST", "/api/v1/datasets/import?fileName=a.csv&symbol=X", csv(3), headers);
    expect(reply.status).toBe(413);
    expect((await reply.json<Problem>()).detail).toBe(
      "the file is 143 MB, the most is 100 MB; compress it with gzip or convert it with `apextrade data convert`",
    );
  });

  it("is never read where its query breaks a rule", async () => {
    expect((await upload(csv(3), "symbol=not%20a%20symbol")).status).toBe(422);
    expect((await upload(csv(3), "symbol=X&surprise=1")).status).toBe(422);
    expect((await upload(csv(3), "symbol=X&timeframe=7m")).status).toBe(422);
  });
});

describe("a simulated dataset", () => {
  it("shows six years in one chart reply within its limit", async () => {
    const { rows } = await client.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    const series = await client.json<CandleSeries>("GET", `/api/v1/datasets/${rows[0].id}/candles?limit=500`);
    expect(series.time.length).toBeLessThanOrEqual(500);
    expect(series.time[0]).toBeLessThan(rows[0].from + 7 * DAY_MS);
  });

  it.each(["timeframe=30s", "limit=5001", "from=5&to=4", "from=1.5"])("refuses ?%s", async (query) => {
    const { rows } = await client.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    expect((await client.send("GET", `/api/v1/datasets/${rows[0].id}/candles?${query}`)).status).toBe(422);
  });

  it("takes no candles from outside", async () => {
    const { rows } = await client.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    expect((await upload(csv(3), `symbol=BTC-USD&datasetId=${rows[0].id}`)).status).toBe(409);
  });
});

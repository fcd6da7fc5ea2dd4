import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Import } from "../../schema/wire/dataset.ts";
import { newClient, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";

let client: TestClient;
beforeAll(async () => {
  client = await newClient({ bindings: withTestQueue().bindings });
});

const CSV = "time,open,high,low,close,volume\n2024-01-01,1,3,1,2,10\n2024-01-02,2,4,2,3,10\n2024-01-03,3,5,3,4,10\n";
const bytesOf = (text: string) => new TextEncoder().encode(text);
const headed = (head: number[], length = 4_000) => new Uint8Array(length).fill(7).map((byte, at) => head[at] ?? byte);

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes.slice().buffer]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function upload(bytes: Uint8Array, fileName: string, symbol = "UP-USD"): Promise<Response> {
  const query = new URLSearchParams({ fileName, symbol });
  return client.upload(`/api/v1/datasets/import?${query}`, bytes.slice().buffer);
}

const FILES: readonly (readonly [string, string, () => Uint8Array | Promise<Uint8Array>])[] = [
  ["a picture", "candles.csv", () => headed([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ["a program of Windows", "candles.csv", () => headed([0x4d, 0x5a, 0x90, 0])],
  ["a program of Linux", "candles.parquet", () => headed([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])],
  ["a document", "candles.csv", () => bytesOf(`%PDF-1.7\n${"0 1 obj\n".repeat(100)}`)],
  ["an archive", "candles.zip", () => headed([0x50, 0x4b, 0x03, 0x04])],
  ["a page with a script", "candles.csv", () => bytesOf("<!doctype html><script>alert(1)</script>\n".repeat(20))],
  ["a drawing with a script", "candles.svg", () => bytesOf("<svg onload='alert(1)' xmlns='x'/>\n".repeat(20))],
  ["a Parquet file by its ends alone", "candles.parquet", () => bytesOf(`PAR1${"x".repeat(500)}PAR1`)],
  ["an Arrow file by its beginning alone", "candles.arrow", () => bytesOf(`ARROW1\0\0${"x".repeat(500)}`)],
  ["a gzip that packs a program", "candles.csv.gz", () => gzip(headed([0x4d, 0x5a, 0x90, 0]))],
  ["a gzip that unpacks to a thousand times its size", "candles.csv.gz", () => gzip(new Uint8Array(32 * 1024 ** 2))],
  ["a gzip inside a gzip", "candles.csv.gz", async () => gzip(await gzip(bytesOf(CSV)))],
  ["a gzip that is cut off", "candles.csv.gz", async () => (await gzip(bytesOf(CSV.repeat(50)))).subarray(0, 60)],
  ["nothing but zeros", "candles.csv", () => new Uint8Array(100_000)],
];

describe("an upload", () => {
  it.each(FILES)("S54 that is %s is refused by what it holds, not by its name, and leaves nothing", async (...file) => {
    const [, name, bytes] = file;
    const before = await stored();
    const reply = await upload(await bytes(), name);
    expect([413, 422]).toContain(reply.status);
    expect(await stored()).toEqual(before);
  });

  it.each([
    ...["../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "a/../../b.csv", "%2e%2e%2fb.csv"],
    ...['x"; filename="evil.html', "a\r\nSet-Cookie: x=1", "candles.csv\u0000.html"],
  ])("S54 named %j is stored under its owner and nowhere else, and comes back as a file", async (name) => {
    const reply = await upload(bytesOf(CSV), name);
    if (reply.status === 201) {
      const { datasetId } = await reply.json<Import>();
      const file = await client.send("GET", `/api/v1/datasets/${datasetId}/export?format=csv`);
      expect(file.status).toBe(200);
      expect(file.headers.get("Content-Disposition")).toMatch(/^attachment; filename="[\w.-]+"$/);
      expect(file.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(file.headers.get("Content-Type")).not.toMatch(/html|xml|script/);
      expect(file.headers.get("Set-Cookie")).toBeNull();
      await file.arrayBuffer();
    } else expect(reply.status).toBe(422);
    const strangers = (await stored()).filter((key) => !/^[a-z-]+\/usr_\w+\/[\w./-]+$/.test(key) || key.includes(".."));
    expect(strangers).toEqual([]);
  });
});

async function stored(): Promise<string[]> {
  return (await env.BUCKET.list()).objects.map(({ key }) => key);
}

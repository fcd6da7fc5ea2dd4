import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { stagedUpload } from "./staged-upload.ts";

const MIB = 1024 ** 2;
const KEY = "imports/usr_test/imp_test";

/** `bytes` numbered bytes in pieces of `piece`, then `end`. */
async function* pieces(bytes: number, piece: number, end: () => void = () => {}): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; at += piece) {
    yield Uint8Array.from({ length: Math.min(piece, bytes - at) }, (_, i) => (at + i) % 251);
  }
  end();
}

async function staged(): Promise<number> {
  return (await env.BUCKET.list({ prefix: "imports/" })).objects.length;
}

describe("a staged upload", () => {
  it.each([
    ["nothing", 0],
    ["less than a part", 1_000_003],
    ["a part", 8 * MIB],
    ["two parts", 16 * MIB],
    ["two parts and a byte", 16 * MIB + 1],
  ])("of %s is read by ranges as it came, and dropped", async (_title, bytes) => {
    const stage = stagedUpload(env.BUCKET, KEY);
    const held = await stage.hold(pieces(bytes, 700_001), { asGiven: true });
    expect(held.byteLength).toBe(bytes);
    for (const start of [0, 8 * MIB - 3, 8 * MIB, bytes - 5].filter((at) => at >= 0 && at + 5 <= bytes)) {
      expect([...(await held.read(start, start + 5))]).toEqual([0, 1, 2, 3, 4].map((i) => (start + i) % 251));
    }
    expect(await staged()).toBe(1);
    await stage.drop();
    expect(await staged()).toBe(0);
  });

  it("that breaks off leaves nothing, and its error is passed on", async () => {
    const stage = stagedUpload(env.BUCKET, KEY);
    const broken = pieces(20 * MIB, MIB, () => {
      throw new Error("the client has gone");
    });
    await expect(stage.hold(broken, { asGiven: true })).rejects.toThrow("the client has gone");
    expect(await staged()).toBe(0);
  });
});

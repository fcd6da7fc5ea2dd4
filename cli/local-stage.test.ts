import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { LocalStage } from "./local-stage.ts";

const folder = mkdtempSync(join(tmpdir(), "local-stage-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1, 2, 3);
  yield Uint8Array.of(4, 5);
}

describe("a file that is read by parts on this machine", () => {
  it("is read where it is, without a copy", async () => {
    const path = join(folder, "candles");
    writeFileSync(path, Uint8Array.of(9, 8, 7));
    const stage = new LocalStage(path);
    const bytes = pieces();
    const held = await stage.hold(bytes, { asGiven: true });
    expect(held.byteLength).toBe(3);
    expect([...(await held.read(1, 3))]).toEqual([8, 7]);
    expect(await bytes.next()).toEqual({ done: true, value: undefined });
    stage.close();
  });

  it("is read from a file without a name where it was unpacked", async () => {
    const unpacked = () => readdirSync(tmpdir()).filter((name) => name.startsWith("apextrade-unpacked-")).length;
    const before = unpacked();
    const stage = new LocalStage(join(folder, "none"));
    const held = await stage.hold(pieces(), { asGiven: false });
    expect(held.byteLength).toBe(5);
    expect([...(await held.read(1, 5))]).toEqual([2, 3, 4, 5]);
    expect(unpacked()).toBe(before);
    stage.close();
  });
});

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servedBackupStore } from "../../workers/backup/backup-store.ts";
import { FolderStore } from "./folder-store.ts";
import { readRestoreOptions } from "./restore-options.ts";
import { type ServedFolder, serveFolder } from "./serve-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "apextrade-folder-"));
const bytesOf = (text: string) => new TextEncoder().encode(text);
let served: ServedFolder;

beforeAll(async () => {
  served = await serveFolder(join(folder, "in"));
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a folder of backups", () => {
  it("keeps what was written first, and replaces only what it is told to", async () => {
    const store = servedBackupStore(served.origin);
    await store.put("backups/a/1", bytesOf("first"));
    await store.put("backups/a/1", bytesOf("second"));
    await store.put("backups/b", bytesOf("b"));
    await store.replace("owner-keys/x.k1", bytesOf("one"));
    await store.replace("owner-keys/x.k1", bytesOf("two"));
    expect(new TextDecoder().decode(await store.get("backups/a/1"))).toBe("first");
    expect(new TextDecoder().decode(await store.get("owner-keys/x.k1"))).toBe("two");
    expect(await store.list("backups/")).toEqual(["backups/a/1", "backups/b"]);
    await store.remove(["owner-keys/x.k1"]);
    expect(await store.get("owner-keys/x.k1")).toBeUndefined();
  });

  it("takes no name that leads out of it", async () => {
    const reply = await fetch(`${served.origin}/${encodeURIComponent("../out")}`, { method: "PUT", body: "x" });
    expect(reply.status).toBe(500);
    await expect(new FolderStore(join(folder, "in")).replace("../out", bytesOf("x"))).rejects.toThrow("one of ours");
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});

describe("the options of a restore", () => {
  it("take an instant with its zone that is not in the future, and say what is wrong otherwise", () => {
    const now = Date.UTC(2026, 2, 2);
    expect(readRestoreOptions(["--to", "2026-03-01T12:00:00Z"], now)).toMatchObject({
      to: Date.UTC(2026, 2, 1, 12),
      isAgreed: false,
    });
    expect(readRestoreOptions(["--to", "now", "--yes"], now)).toMatchObject({ to: now, isAgreed: true });
    for (const to of ["2026-03-01T12:00:00", "yesterday", "2027-01-01T00:00:00Z"]) {
      expect(readRestoreOptions(["--to", to], now)).toMatch(/^--to must/);
    }
  });
});

import { describe, expect, it } from "vitest";
import { nodeModule } from "../testing/node-module.ts";
import { ArchiveUpload, type UploadState } from "./archive-upload.ts";
import { writeEnd, writeFile } from "./archive-writer.ts";
import { textFile } from "./export-section.ts";
import { tarHeader } from "./tar-header.ts";

const { execFileSync } = await nodeModule<{
  execFileSync(tool: string, parts: readonly string[], options: { cwd: string }): unknown;
}>("node:child_process");
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = await nodeModule<{
  mkdtempSync(prefix: string): string;
  readFileSync(path: string): Uint8Array;
  rmSync(path: string, options: { recursive: true }): void;
  writeFileSync(path: string, bytes: Uint8Array): void;
}>("node:fs");
const { tmpdir } = await nodeModule<{ tmpdir(): string }>("node:os");

const MIB = 1024 ** 2;

/** What the writer needs of a bucket, in memory, as strict about parts as the real one is. */
function memoryBucket() {
  const objects = new Map<string, Uint8Array>();
  const uploads = new Map<string, { key: string; parts: Map<number, Uint8Array> }>();
  const handle = (key: string, uploadId: string) => ({
    key,
    uploadId,
    async uploadPart(partNumber: number, bytes: Uint8Array) {
      uploads.get(uploadId)?.parts.set(partNumber, bytes.slice());
      return { partNumber, etag: `${uploadId}-${partNumber}` };
    },
    async complete(sent: readonly { partNumber: number }[]) {
      const parts = sent.map(({ partNumber }) => uploads.get(uploadId)?.parts.get(partNumber) ?? new Uint8Array());
      const sizes = new Set(parts.slice(0, -1).map((part) => part.length));
      if (sizes.size > 1 || [...sizes].some((size) => size < 5 * MIB)) throw new Error("parts must be of one size");
      objects.set(key, new Uint8Array(await new Blob(parts).arrayBuffer()));
    },
  });
  const bucket = {
    put: async (key: string, bytes: Uint8Array) => void objects.set(key, bytes.slice()),
    get: async (key: string) => {
      const bytes = objects.get(key);
      return bytes === undefined ? null : { arrayBuffer: async () => bytes.slice().buffer };
    },
    createMultipartUpload: async (key: string) => {
      const uploadId = `upload-${uploads.size}`;
      uploads.set(uploadId, { key, parts: new Map() });
      return handle(key, uploadId);
    },
    resumeMultipartUpload: handle,
  };
  return { bucket: bucket as unknown as R2Bucket, objects };
}

/** Bytes that do not pack, the same for the same seed. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const equal = (left: Uint8Array, right: Uint8Array) =>
  left.length === right.length && left.every((byte, at) => byte === right[at]);

function unpacked(archive: Uint8Array, names: readonly string[]): Uint8Array[] {
  const folder = mkdtempSync(`${tmpdir()}/apextrade-archive-`);
  try {
    writeFileSync(`${folder}/archive.tar.gz`, archive);
    execFileSync("tar", ["-xzf", "archive.tar.gz"], { cwd: folder });
    return names.map((name) => new Uint8Array(readFileSync(`${folder}/${name}`)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the archive", () => {
  it("is unpacked by tar to the same files, whatever their lengths and wherever the work was laid aside", async () => {
    const files = [0, 1, 511, 512, 513, 9 * MIB, 70_000, 9 * MIB].map((length, index) => ({
      name: `folder/${index}.bin`,
      bytes: length,
      body: noise(length, index + 1),
    }));
    const { bucket, objects } = memoryBucket();
    let state: UploadState | undefined;
    for (const [index, file] of files.entries()) {
      // A worker that dies here has sent parts that its successor sends again.
      const dead = await ArchiveUpload.open(bucket, "archive", state);
      await writeFile(dead, textFile("lost.txt", "x".repeat(1_000)), 0);
      const upload = await ArchiveUpload.open(bucket, "archive", state);
      await writeFile(upload, file, 1_700_000_000_000);
      state = await upload.suspend(`rest-${index}`);
    }
    const last = await ArchiveUpload.open(bucket, "archive", state);
    await writeEnd(last);
    const bytes = await last.finish();
    const archive = objects.get("archive");
    expect(archive?.length).toBe(bytes);
    const names = files.map(({ name }) => name);
    const found = unpacked(archive ?? new Uint8Array(), names);
    for (const [index, file] of files.entries()) expect(equal(found[index], file.body)).toBe(true);
  });

  it("takes no file that is longer or shorter than it said", async () => {
    const { bucket } = memoryBucket();
    const upload = await ArchiveUpload.open(bucket, "archive");
    const wrong = { name: "a", bytes: 3, body: new Uint8Array(2) };
    await expect(writeFile(upload, wrong, 0)).rejects.toThrow("the file a must have 3 bytes, had 2");
  });

  it("takes no name or size that the format cannot hold", () => {
    const header = { name: "a", bytes: 1, modifiedMs: 0 };
    expect(() => tarHeader({ ...header, name: "é" })).toThrow("ASCII");
    expect(() => tarHeader({ ...header, name: "a".repeat(101) })).toThrow("100");
    expect(() => tarHeader({ ...header, bytes: 8 ** 11 })).toThrow("was 8589934592");
  });
});

import { nodeModule } from "./node-module.ts";

const { gunzipSync } = await nodeModule<{ gunzipSync(packed: Uint8Array): Uint8Array }>("node:zlib");

/** The files of a tar archive that is packed with gzip, as text. */
export function untar(packed: Uint8Array): Map<string, string> {
  const bytes = new Uint8Array(gunzipSync(packed));
  const decoder = new TextDecoder();
  const files = new Map<string, string>();
  const field = (at: number, length: number) => decoder.decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, "");
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const name = field(at, 100);
    const size = Number.parseInt(field(at + 124, 12), 8);
    if (files.has(name)) throw new Error(`the archive holds ${name} twice`);
    files.set(name, decoder.decode(bytes.subarray(at + 512, at + 512 + size)));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  if (bytes.length - at !== 1_024) throw new Error("an archive ends with two empty blocks");
  return files;
}

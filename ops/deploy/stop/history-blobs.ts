import { execFileSync, spawn } from "node:child_process";

/** What is longer holds no secret that a person typed: candles, pictures, bundles. */
const BLOB_BYTES_MAX = 1_000_000;

export interface Blob {
  readonly id: string;
  /** A path that it once had. */
  readonly path: string;
}

/** Every file that ever was in the history, by its content. Throws where the history is not whole. */
export function historyBlobs(cwd: string): Blob[] {
  const git = (...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8", maxBuffer: 256 * 2 ** 20 });
  if (git("rev-parse", "--is-shallow-repository").trim() === "true") {
    throw new Error("the history is not all here: fetch it whole (git fetch --unshallow)");
  }
  const lines = git("rev-list", "--objects", "--all").split("\n");
  return lines.flatMap((line) => {
    const [, id, path] = /^([0-9a-f]{40}) (.+)$/.exec(line) ?? [];
    return id === undefined || path === undefined ? [] : [{ id, path }];
  });
}

/** Calls `take` with the text of each blob; folders, what is no text and what is long are passed over. */
export async function readBlobs(
  cwd: string,
  blobs: readonly Blob[],
  take: (blob: Blob, text: Buffer) => void,
): Promise<void> {
  const child = spawn("git", ["cat-file", "--batch"], { cwd, stdio: ["pipe", "pipe", "inherit"] });
  const byId = new Map(blobs.map((blob) => [blob.id, blob]));
  child.stdin.end(blobs.map(({ id }) => `${id}\n`).join(""));
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of child.stdout) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (;;) {
      const head = rest.indexOf(10);
      if (head < 0) break;
      const [id = "", type, size = "0"] = rest.subarray(0, head).toString("latin1").split(" ");
      const end = head + 1 + Number(size);
      if (rest.length < end + 1) break;
      const body = rest.subarray(head + 1, end);
      const blob = byId.get(id);
      const isText = type === "blob" && body.length <= BLOB_BYTES_MAX && !body.includes(0);
      if (blob !== undefined && isText) take(blob, body);
      rest = rest.subarray(end + 1);
    }
  }
}

import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { FolderStore } from "./folder-store.ts";

/** A folder of backups as a local server's Worker reaches it: on this machine alone. */
export interface ServedFolder {
  readonly origin: string;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 100_000_000;

export async function serveFolder(folder: string): Promise<ServedFolder> {
  const store = new FolderStore(folder);
  const server = createServer((request, reply) => {
    answer(store, request).then(
      ({ status, body }) => reply.writeHead(status).end(body),
      (error: unknown) => reply.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => closed(server) };
}

async function answer(
  store: FolderStore,
  request: IncomingMessage,
): Promise<{ status: number; body?: Uint8Array | string }> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://folder");
  const key = decodeURIComponent(pathname.slice(1));
  if (request.method === "GET" && key === "") {
    return { status: 200, body: JSON.stringify(await store.list(searchParams.get("prefix") ?? "")) };
  }
  if (request.method === "GET") {
    const bytes = await store.get(key);
    return bytes === undefined ? { status: 404 } : { status: 200, body: bytes };
  }
  if (request.method === "DELETE") {
    await store.remove([key]);
    return { status: 204 };
  }
  if (request.method !== "PUT") return { status: 405 };
  const bytes = await bodyOf(request);
  if (request.headers["if-none-match"] === "*") await store.put(key, bytes);
  else await store.replace(key, bytes);
  return { status: 204 };
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > BODY_BYTES_MAX) throw new Error(`a backup must have at most ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

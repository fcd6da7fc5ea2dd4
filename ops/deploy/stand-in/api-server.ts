import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ApiFault } from "./api-fault.ts";
import { API_ROUTES, type ApiCall, type ApiContext } from "./api-routes.ts";
import { describeForm } from "./stored-upload.ts";

/** A body that is longer is recorded by its length alone. */
const RECORDED_CHARACTERS_MAX = 2_000;

export interface ApiServer {
  /** What the platform's tool takes as CLOUDFLARE_API_BASE_URL. */
  readonly baseUrl: string;
  close(): Promise<void>;
}

/**
 * Serves the stand-in's API and writes each call into a file, one a line: time, method, path, what was sent, and the status
 * of the answer. No header is recorded, so that no token is, and of uploads only names, lengths and sums.
 */
export async function serveApi(
  ctx: ApiContext,
  { callsFile, accountId }: { readonly callsFile: string; readonly accountId: string },
): Promise<ApiServer> {
  const base = `/client/v4/accounts/${accountId}`;
  const server = createServer((request, reply) => {
    void answer(ctx, { base, callsFile }, request, reply);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${port}/client/v4`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  ctx: ApiContext,
  { base, callsFile }: { readonly base: string; readonly callsFile: string },
  request: IncomingMessage,
  reply: ServerResponse,
): Promise<void> {
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const body = await bodyOf(request);
  const type = request.headers["content-type"] ?? "";
  const form = type.startsWith("multipart/") ? await formOf(body, type) : undefined;
  const sent = form === undefined ? sentText(body) : await describeForm(form);
  let status = 200;
  let result: object;
  try {
    const answered = await call(ctx, method, url, { base, body, form });
    result = { success: true, errors: [], messages: [], result: answered };
  } catch (error) {
    const {
      status: refused,
      code,
      message,
    } = error instanceof ApiFault
      ? error
      : new ApiFault(500, 10001, String(error instanceof Error ? error.stack : error));
    status = refused;
    result = { success: false, errors: [{ code, message }], messages: [], result: null };
  }
  const line = { at: ctx.now(), method, path: url.pathname + url.search, sent, status };
  appendFileSync(callsFile, `${JSON.stringify(line)}\n`);
  reply.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(result));
}

function call(
  ctx: ApiContext,
  method: string,
  url: URL,
  { base, body, form }: { base: string; body: Buffer; form: FormData | undefined },
): unknown {
  if (!url.pathname.startsWith(base)) throw new ApiFault(404, 7003, `no route ${url.pathname}`);
  const path = url.pathname.slice(base.length);
  for (const [verb, pattern, handler] of API_ROUTES) {
    const match = verb === method ? pattern.exec(path) : null;
    if (match === null) continue;
    const given: ApiCall = {
      parts: match.slice(1),
      search: url.searchParams,
      json: () => JSON.parse(body.toString("utf8") || "{}") as Record<string, never>,
      form: () => form ?? new FormData(),
    };
    return handler(ctx, given);
  }
  throw new ApiFault(404, 7000, `the stand-in has no route ${method} ${path}`);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function formOf(body: Buffer, type: string): Promise<FormData> {
  return new Response(new Uint8Array(body), { headers: { "Content-Type": type } }).formData();
}

function sentText(body: Buffer): string {
  return body.length > RECORDED_CHARACTERS_MAX ? `${body.length} bytes` : body.toString("utf8");
}

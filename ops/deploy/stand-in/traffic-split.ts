import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { StoredDeployment } from "./platform-state.ts";
import type { RunningWorker } from "./version-runner.ts";

/** Header by which a request asks for one of the versions that share the traffic, as the platform reads it. */
const OVERRIDES = "cloudflare-workers-version-overrides";
/** Names the visitor, for the address that the Worker sees; there is no network with addresses of its own here. */
export const VISITOR = "x-stand-in-visitor";

export interface Split {
  readonly deployment: StoredDeployment;
  readonly script: string;
  readonly worker: (version: string) => Promise<RunningWorker>;
}

/** The edge: takes each request to one of the versions that are deployed, by its share. */
export class TrafficSplit {
  private readonly server = createServer((request, reply) => void this.answer(request, reply));
  private requests = 0;
  private split: Promise<Split | undefined> = Promise.resolve(undefined);
  /** Requests that each version was given. */
  readonly given = new Map<string, number>();

  async listen(port: number): Promise<string> {
    await new Promise<void>((done) => this.server.listen(port, "localhost", done));
    const address = this.server.address();
    return `http://localhost:${typeof address === "object" && address !== null ? address.port : port}`;
  }

  /** From now on requests wait for this split, since the local runtime stands still while it changes. */
  change(split: Promise<Split | undefined>): void {
    this.split = split;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const split = await this.split.catch(() => undefined);
    if (split === undefined) return void reply.writeHead(404).end("nothing is deployed");
    const version = this.choose(split, request.headers[OVERRIDES]);
    this.given.set(version, (this.given.get(version) ?? 0) + 1);
    const larger = split.deployment.versions.toSorted((left, right) => right.percentage - left.percentage)[0];
    try {
      const worker = await split.worker(version === larger?.version_id ? split.script : version);
      const answered = await worker.fetch(`http://${request.headers.host}${request.url}`, await forwarded(request));
      const body = Buffer.from(await answered.arrayBuffer());
      const headers = [...answered.headers].filter(
        ([name]) => !/^(?:content-(?:encoding|length)|transfer-)/.test(name),
      );
      reply.writeHead(answered.status, [...headers.flat(), "content-length", String(body.length)]).end(body);
    } catch (error) {
      // What the platform answers for a Worker that threw.
      reply.writeHead(500, { "content-type": "text/plain" }).end(`error code: 1101 ${String(error)}`);
    }
  }

  private choose({ deployment, script }: Split, asked: string | string[] | undefined): string {
    const { versions } = deployment;
    const [, name, wanted] = /^([\w-]+)="([\w-]+)"$/.exec(String(asked ?? "")) ?? [];
    if (name === script && versions.some(({ version_id }) => version_id === wanted)) return wanted ?? "";
    const hash = createHash("sha256")
      .update(`${deployment.id}:${this.requests++}`)
      .digest();
    let at = (hash.readUInt32BE(0) / 2 ** 32) * 100;
    for (const { version_id, percentage } of versions) {
      if (at < percentage) return version_id;
      at -= percentage;
    }
    return versions[0]?.version_id ?? "";
  }
}

async function forwarded(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers)
    .filter(([name]) => !["host", "connection", "transfer-encoding", "content-length", VISITOR].includes(name))
    .map(([name, value]) => [name, String(value)]);
  const address = `203.0.113.${Number(request.headers[VISITOR] ?? 1) % 254}`;
  const method = request.method ?? "GET";
  const body = method === "GET" || method === "HEAD" ? {} : { body: Buffer.concat(chunks) };
  return { method, headers: [...headers, ["cf-connecting-ip", address]], redirect: "manual", ...body };
}

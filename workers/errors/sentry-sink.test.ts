import { afterEach, describe, expect, it } from "vitest";
import { type LogLine, logLine } from "../platform/log-event.ts";
import { nodeModule } from "../testing/node-module.ts";
import { readSentryDsn } from "./sentry-dsn.ts";
import { type ReportOutcome, SentrySink } from "./sentry-sink.ts";

interface Heard {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}
interface Server {
  listen(port: number, host: string, done: () => void): void;
  address(): { port: number };
  close(): void;
  closeAllConnections(): void;
}
interface Incoming extends AsyncIterable<Uint8Array> {
  readonly url: string;
  readonly headers: Heard["headers"];
}
interface Outgoing {
  writeHead(status: number, headers: Record<string, string>): Outgoing;
  end(): void;
}
const { createServer } = await nodeModule<{
  createServer(answer: (request: Incoming, reply: Outgoing) => void): Server;
}>("node:http");

const START = 1_800_000_000_000;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A sink on this machine, and what it heard. */
async function sinkServer(answer: { status: number; headers?: Record<string, string> } = { status: 200 }) {
  const heard: Heard[] = [];
  const server = createServer(async (request, reply) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = new TextDecoder().decode(await new Blob(chunks).arrayBuffer());
    heard.push({ url: request.url, headers: request.headers, body });
    reply.writeHead(answer.status, answer.headers ?? {}).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { heard, dsn: `http://key123@127.0.0.1:${server.address().port}/sub/42` };
}

function sinkTo(dsn: string) {
  const outcomes: ReportOutcome[] = [];
  const work: Promise<void>[] = [];
  let now = START;
  let ids = 0;
  const sink = new SentrySink({
    ...{ dsn: readSentryDsn(dsn), release: "1.2.3", deployment: "test" },
    ...{ now: () => now, newId: () => String(++ids).padStart(32, "0"), fetch: (url, init) => fetch(url, init) },
    later: (one) => work.push(one()),
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  return { sink, outcomes, settle: () => Promise.all(work), pass: (ms: number) => (now += ms) };
}

const line = (fields: Record<string, unknown>, event = "tested"): LogLine =>
  JSON.parse(logLine(event, fields, "error"));

describe("a report of an error", () => {
  it("is an envelope with what failed and where, at the address and with the key of the DSN", async () => {
    const { heard, dsn } = await sinkServer();
    const { sink, outcomes, settle } = sinkTo(dsn);
    sink.report(
      line({ requestId: "req_1", ownerId: "usr_1", attempts: 3, error: new TypeError("x is not a function") }),
    );
    await settle();
    expect(outcomes).toEqual(["sent"]);
    const [{ url, headers, body }] = heard as [Heard];
    expect(url).toBe("/sub/api/42/envelope/");
    expect(headers["x-sentry-auth"]).toContain("sentry_key=key123");
    const [head = "", item = "", payload = ""] = body.split("\n");
    expect(JSON.parse(head).event_id).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.parse(item)).toMatchObject({ type: "event", length: new TextEncoder().encode(payload).byteLength });
    const event = JSON.parse(payload);
    expect(event).toMatchObject({ level: "error", release: "apextrade@1.2.3", environment: "test", logger: "tested" });
    expect(event.tags).toEqual({ event: "tested", requestId: "req_1", ownerId: "usr_1" });
    expect(event.extra).toEqual({ attempts: 3 });
    expect(event.exception.values[0]).toMatchObject({ type: "TypeError", value: "x is not a function" });
    expect(event.exception.values[0].stacktrace.frames.at(-1).filename).toMatch(/sentry-sink\.test\.ts$/);
  });

  it("S65 holds no secret, address or field that the log's list would not let through", async () => {
    const { heard, dsn } = await sinkServer();
    const { sink, settle } = sinkTo(dsn);
    const secret = "sk_live_canary0123456789abcdef";
    const error = new Error(`${secret} of ada@example.org`, { cause: new Error(secret) });
    sink.report(
      line({ error, reason: secret, password: secret, body: { secret }, name: secret, path: `/x/${secret}` }),
    );
    await settle();
    expect(heard).toHaveLength(1);
    expect(heard[0]?.body).not.toMatch(/canary|ada@|password":/);
  });

  it("is told of a storm by its first, and the rest is counted as dropped", async () => {
    const { heard, dsn } = await sinkServer();
    const { sink, outcomes, settle, pass } = sinkTo(dsn);
    for (let at = 0; at < 100; at++) sink.report(line({ error: new Error("again") }));
    sink.report(line({ error: new Error("another") }, "another"));
    await settle();
    expect(heard).toHaveLength(6);
    expect(outcomes.filter((one) => one === "dropped")).toHaveLength(95);
    pass(60_000);
    sink.report(line({ error: new Error("again") }));
    await settle();
    expect(heard).toHaveLength(7);
  });

  it("is not sent to a sink that refuses, for as long as it says", async () => {
    const { heard, dsn } = await sinkServer({ status: 429, headers: { "Retry-After": "120" } });
    const { sink, outcomes, settle, pass } = sinkTo(dsn);
    sink.report(line({ error: "x" }));
    await settle();
    pass(119_000);
    sink.report(line({ error: "x" }));
    await settle();
    expect(heard).toHaveLength(1);
    pass(2_000);
    sink.report(line({ error: "x" }));
    await settle();
    expect(heard).toHaveLength(2);
    expect(outcomes).toEqual(["failed", "dropped", "failed"]);
  });

  it("keeps nobody waiting and harms nobody where the sink cannot be reached", async () => {
    const { sink, outcomes, settle } = sinkTo("http://key@127.0.0.1:1/1");
    expect(sink.report(line({ error: "x" }))).toBeUndefined();
    await settle();
    expect(outcomes).toEqual(["failed"]);
  });

  it("follows no redirect, and so takes the key nowhere else", async () => {
    const other = await sinkServer();
    const { dsn } = await sinkServer({ status: 307, headers: { Location: other.dsn } });
    const { sink, outcomes, settle } = sinkTo(dsn);
    sink.report(line({ error: "x" }));
    await settle();
    expect(other.heard).toEqual([]);
    expect(outcomes).toEqual(["failed"]);
  });
});

describe("a DSN", () => {
  it("leads to the envelopes of its project", () => {
    expect(readSentryDsn("https://abc@sink.example.org/7").url).toBe("https://sink.example.org/api/7/envelope/");
  });

  it.each([
    "",
    "sink.example.org/7",
    "https://sink.example.org/7",
    "https://a@sink.example.org/",
    "http://a@sink.example.org/7",
  ])("that is none, such as %j, keeps the deployment from starting", (dsn) =>
    expect(() => readSentryDsn(dsn)).toThrow(/^SENTRY_DSN must be/),
  );
});

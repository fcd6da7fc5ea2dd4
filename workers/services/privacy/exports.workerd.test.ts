import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { dataExports } from "../../../schema/tables/privacy.ts";
import type { DataExport, ExportLink } from "../../../schema/wire/privacy.ts";
import { consumeDeadExports, consumeExports } from "../../jobs/consume-exports.ts";
import type { ExportMessage } from "../../jobs/export-message.ts";
import { EXPORT_SILENT_MS, watchExports } from "../../jobs/watch-exports.ts";
import { openDatabase } from "../../platform/database.ts";
import type { Env } from "../../platform/env.ts";
import { newId } from "../../platform/ids.ts";
import { ownedDatabase } from "../../platform/owned-database.ts";
import { prepareSecret } from "../../platform/vault.ts";
import { FILE_LINK_MS } from "../../privacy/file-link.ts";
import { type ExportLimits, workOnExport } from "../../privacy/make-export.ts";
import { letterTo, newBrowser, newSignedIn, type TestBrowser } from "../../testing/test-browser.ts";
import { ORIGIN, request, START_MS } from "../../testing/test-client.ts";
import { withTestQueue } from "../../testing/test-queue.ts";
import { untar } from "../../testing/untar.ts";

const database = openDatabase(env.DB);
const EXPORTS = "/api/v1/account/exports";
const newToken = () => newId("lse");

async function deliver(bindings: Env, message: ExportMessage, limits?: ExportLimits, attempts = 1) {
  const context = createExecutionContext();
  const body = { id: "m", timestamp: new Date(START_MS), attempts, body: message };
  const batch = createMessageBatch("exports", [body]);
  const worker = { env: bindings, now: () => START_MS, newToken, ...(limits === undefined ? {} : { limits }) };
  await consumeExports(batch, worker);
  return getQueueResult(batch, context);
}

/** A person with a strategy, an imported dataset and a secret in the vault. */
async function newOwner() {
  const { bindings, exportsSent } = withTestQueue();
  const { browser, email, userId } = await newSignedIn(newBrowser({ bindings }));
  const strategy = await browser.api("POST", "/api/v1/strategies", { name: "mine", document: "my own rules" });
  expect(strategy.status).toBe(201);
  const days = Array.from({ length: 40 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10));
  const csv = ["time,open,high,low,close,volume", ...days.map((day) => `${day},1,2,1,2,5`)].join("\n");
  const headers = { Authorization: `Bearer ${await browser.token()}`, "Content-Type": "text/csv" };
  const path = "/api/v1/datasets/import?fileName=a.csv&symbol=XYZ";
  expect((await browser.send("POST", path, csv, headers)).status).toBeLessThan(300);
  const owned = ownedDatabase(database, userId);
  const secret = { id: "venue", field: "key", secret: "a very secret venue key", show: "nothing" as const };
  await owned.batch((await prepareSecret({ env, owned, nowMs: START_MS }, secret)).statements);
  return { bindings, exportsSent, browser, email, userId };
}

async function ask(browser: TestBrowser): Promise<DataExport> {
  const reply = await browser.api("POST", EXPORTS);
  expect(reply.status).toBe(201);
  return reply.json();
}

async function read(browser: TestBrowser, id: string): Promise<DataExport> {
  return (await browser.api("GET", `${EXPORTS}/${id}`)).json();
}

async function linkOf(browser: TestBrowser, id: string): Promise<string> {
  return (await (await browser.api("POST", `${EXPORTS}/${id}/link`)).json<ExportLink>()).url;
}

async function fetched(browser: TestBrowser, id: string): Promise<Map<string, string>> {
  const reply = await browser.send("GET", await linkOf(browser, id));
  expect(reply.status).toBe(200);
  return untar(new Uint8Array(await reply.arrayBuffer()));
}

const rowsIn = (files: Map<string, string>, name: string) =>
  (files.get(name) ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("an archive of everything about a person", () => {
  it("holds the person's things and no secret, is announced by letter, and is told of in the trail", async () => {
    const { bindings, exportsSent, browser, email, userId } = await newOwner();
    const { id } = await ask(browser);
    expect(exportsSent).toEqual([{ exportId: id, ownerId: userId }]);
    expect((await deliver(bindings, exportsSent[0])).explicitAcks).toEqual(["m"]);
    expect(await read(browser, id)).toMatchObject({ status: "done", progress: 1, error: null });
    expect((await letterTo(email)).text).toContain(`${ORIGIN}/settings?section=privacy`);
    const files = await fetched(browser, id);
    expect(files.get("README.txt")).toContain("strategies.ndjson");
    expect(rowsIn(files, "profile.ndjson")).toMatchObject([{ id: userId, email, name: "Ada" }]);
    expect(rowsIn(files, "strategies.ndjson")).toMatchObject([{ name: "mine", document: "my own rules" }]);
    expect(rowsIn(files, "strategy-versions.ndjson")).toMatchObject([{ version: 1, document: "my own rules" }]);
    expect(rowsIn(files, "secrets.ndjson")).toMatchObject([{ id: "venue", fingerprint: expect.any(String) }]);
    expect(rowsIn(files, "audit-trail.ndjson").map(({ seq }) => seq)).toEqual(
      rowsIn(files, "audit-trail.ndjson").map((_, index) => index + 1),
    );
    const imported = rowsIn(files, "datasets.ndjson").find(({ source }) => source === "import");
    const candles = [...files.keys()].filter((name) => name.startsWith(`candles/${imported?.id}/`));
    expect(candles).toEqual([`candles/${imported?.id}/1d/2024.arrow`]);
    const [user] = await env.DB.prepare("select password_hash from users where id = ?").bind(userId).raw<[string]>();
    const [secret] = await env.DB.prepare("select sealed from vault_secrets where owner_id = ?")
      .bind(userId)
      .raw<[string]>();
    const whole = [...files.values()].join("\n");
    for (const hidden of [user[0], secret[0], "a very secret venue key"]) expect(whole).not.toContain(hidden);
  });

  it("is the same however many messages it takes and however often one of them comes again", async () => {
    const { bindings, exportsSent, browser } = await newOwner();
    const { id } = await ask(browser);
    for (let round = 0; round < 60 && (await read(browser, id)).status !== "done"; round++) {
      const message = exportsSent.at(-1);
      if (message === undefined) throw new Error("no message");
      await deliver(bindings, message, { messageBytesMax: 1, messageFilesMax: 3 });
    }
    expect(exportsSent.length).toBeGreaterThan(5);
    // Late repeats of all of them change nothing.
    for (const message of exportsSent.slice(0, 3)) await deliver(bindings, message);
    const files = await fetched(browser, id);
    expect(rowsIn(files, "strategies.ndjson")).toHaveLength(1);
    expect(files.has("audit-trail.ndjson")).toBe(true);
    const row = await read(browser, id);
    const { objects } = await bindings.BUCKET.list({ prefix: "exports/" });
    expect(objects.filter(({ key }) => key.includes(id)).map(({ size }) => size)).toEqual([row.bytes]);
    const letters = await env.DB.prepare(
      "select count(*) as n from mail_outbox where template = 'export-ready' and user_id = (select owner_id from data_exports where id = ?)",
    )
      .bind(id)
      .first<{ n: number }>();
    expect(letters?.n).toBe(1);
  });

  it("is made once where two workers take it up at the same time", async () => {
    const { bindings, exportsSent, browser } = await newOwner();
    const { id } = await ask(browser);
    const worker = { env: bindings, now: () => START_MS, newToken };
    const outcomes = await Promise.all([workOnExport(exportsSent[0], worker), workOnExport(exportsSent[0], worker)]);
    expect(outcomes.sort()).toEqual(["busy", "done"]);
    expect((await read(browser, id)).status).toBe("done");
  });

  it("is tried again after a failure, and says why where every try failed", async () => {
    const { bindings, exportsSent, browser, userId } = await newOwner();
    const { id } = await ask(browser);
    const failing = new Proxy(bindings.BUCKET, {
      get: (bucket, name) => {
        const value = Reflect.get(bucket, name);
        if (name === "put") return () => Promise.reject(new Error("the store is down"));
        return typeof value === "function" ? value.bind(bucket) : value;
      },
    });
    const result = await deliver({ ...bindings, BUCKET: failing }, exportsSent[0]);
    expect(result.retryMessages).toHaveLength(1);
    const body = { id: "d", timestamp: new Date(START_MS), attempts: 1, body: exportsSent[0] };
    await consumeDeadExports(createMessageBatch("exports-dead", [body]), { env: bindings, now: () => START_MS });
    expect(await read(browser, id)).toMatchObject({
      status: "failed",
      error: expect.stringContaining("ask for it again"),
    });
    expect((await env.BUCKET.list({ prefix: `exports/${userId}/` })).objects).toEqual([]);
    // A failed one does not stand in the way of the next.
    await ask(browser);
  });

  it("is sent again where its message was lost, once for each silence", async () => {
    const { bindings, exportsSent, browser } = await newOwner();
    const { id } = await ask(browser);
    const later = START_MS + EXPORT_SILENT_MS + 1;
    await Promise.all([watchExports(bindings, later), watchExports(bindings, later)]);
    expect(exportsSent.filter(({ exportId }) => exportId === id)).toHaveLength(2);
  });

  it("is made one at a time and three times a day", async () => {
    const { bindings, exportsSent, browser } = await newOwner();
    const both = await Promise.all([browser.api("POST", EXPORTS), browser.api("POST", EXPORTS)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    await deliver(bindings, exportsSent[0]);
    for (let more = 0; more < 2; more++) {
      await ask(browser);
      await deliver(bindings, exportsSent[exportsSent.length - 1]);
    }
    const fourth = await browser.api("POST", EXPORTS);
    expect(fourth.status).toBe(429);
    expect(Number(fourth.headers.get("Retry-After"))).toBe(86_400);
  });

  it("needs a fresh proof of who asks", async () => {
    const { browser } = await newOwner();
    browser.nowMs += 6 * 60_000;
    const reply = await browser.api("POST", EXPORTS);
    expect([reply.status, (await reply.json<{ code: string }>()).code]).toEqual([403, "step_up"]);
  });
});

describe("S34 the link to an archive", () => {
  it("opens one object, for five minutes, for the session of its person alone", async () => {
    const { bindings, exportsSent, browser, userId } = await newOwner();
    const { id } = await ask(browser);
    await deliver(bindings, exportsSent[0]);
    const link = await linkOf(browser, id);
    const good = await browser.send("GET", link);
    expect(good.status).toBe(200);
    expect(good.headers.get("Content-Disposition")).toMatch(/^attachment; filename="apextrade-[\d-]+\.tar\.gz"$/);
    expect(good.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(good.headers.get("Cache-Control")).toBe("no-store");
    await good.body?.cancel();
    const statusOf = async (path: string, by = browser) => {
      const reply = await by.send("GET", path);
      await reply.body?.cancel();
      return reply.status;
    };
    const from = link.lastIndexOf("/") + 1;
    for (let at = from; at < link.length; at++) {
      const other = link[at] === "1" ? "2" : "1";
      expect(await statusOf(`${link.slice(0, at)}${other}${link.slice(at + 1)}`), `character ${at}`).toBe(403);
    }
    // Nobody at all, and somebody else.
    expect((await request(link)).status).toBe(401);
    const stranger = await newSignedIn(newBrowser({ bindings }));
    expect(await statusOf(link, stranger.browser)).toBe(403);
    // Another object under the same id, and another key.
    await database
      .update(dataExports)
      .set({ objectKey: `exports/${userId}/other` })
      .where(eq(dataExports.id, id));
    expect(await statusOf(link)).toBe(403);
    await database
      .update(dataExports)
      .set({ objectKey: `exports/${userId}/${id}/archive.tar.gz` })
      .where(eq(dataExports.id, id));
    expect(await statusOf(link)).toBe(200);
    browser.nowMs = START_MS + FILE_LINK_MS - 1;
    expect(await statusOf(link)).toBe(200);
    browser.nowMs = START_MS + FILE_LINK_MS;
    expect(await statusOf(link)).toBe(403);
  });

  it("is worth nothing where another secret signed it", async () => {
    const { signFileLink, isGoodFileLink, parseFileLink } = await import("../../privacy/file-link.ts");
    const file = { userId: "usr_a", exportId: newId("exp"), objectKey: "exports/a" };
    const { link } = await signFileLink(
      { ...env, AUTH_SECRET: "another secret that is long enough, too" },
      file,
      START_MS,
    );
    const parsed = parseFileLink(link);
    if (parsed === undefined) throw new Error("the link must be one");
    expect(await isGoodFileLink(env, { parsed, file, nowMs: START_MS })).toBe(false);
  });
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type ApiServer, serveApi } from "./api-server.ts";
import { StateFile } from "./platform-state.ts";

const TOKEN = "a-token-that-nobody-may-read";
const SECRET = "a-secret-that-nobody-may-read";
const CLASSES = { BotObject: { type: "durable-object", storage: "sqlite" } };
const opened: { api: ApiServer; folder: string }[] = [];

afterEach(async () => {
  for (const { api, folder } of opened.splice(0)) {
    await api.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The stand-in's API over a runtime that starts everything but versions whose code says that it does not. */
async function open() {
  const folder = mkdtempSync(join(tmpdir(), "apextrade-api-"));
  const state = new StateFile(folder);
  let ids = 0;
  const changed = async (name: string) => {
    const serving = state.script(name)?.deployments[0]?.versions[0]?.version_id ?? "";
    const version = state.script(name)?.versions.find(({ id }) => id === serving);
    const main = version === undefined ? "" : readFileSync(join(state.modulesOf(version.id), "index.js"), "utf8");
    if (main.includes("does not start")) throw new Error("it does not start");
  };
  const ctx = {
    ...{
      state,
      newId: () => `id-${++ids}`,
      now: () => "2026-01-01T00:00:00.000Z",
      changed,
      changedSoon: () => undefined,
    },
    query: async () => [],
  };
  const callsFile = join(folder, "calls.jsonl");
  const api = await serveApi(ctx, { callsFile, accountId: "acc" });
  opened.push({ api, folder });
  const call = async (method: string, path: string, body?: FormData | object) => {
    const sent = body === undefined || body instanceof FormData ? body : JSON.stringify(body);
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const reply = await fetch(`${api.baseUrl}/accounts/acc${path}`, { method, headers, ...(sent && { body: sent }) });
    const { result, errors } = (await reply.json()) as { result: never; errors: { code: number }[] };
    return { status: reply.status, result: result as Record<string, unknown>, code: errors[0]?.code };
  };
  return { call, state, calls: () => readFileSync(callsFile, "utf8") };
}

function form({ exports = CLASSES as object, code = "export default {}", bindings = [] as object[] } = {}): FormData {
  const made = new FormData();
  const metadata = { main_module: "index.js", compatibility_date: "2026-09-15", bindings, exports };
  made.set("metadata", JSON.stringify(metadata));
  made.set("index.js", new File([code], "index.js", { type: "application/javascript+module" }));
  return made;
}

const SCRIPT = "/workers/scripts/apextrade-staging";
const shares = (...versions: [string, number][]) => ({
  strategy: "percentage",
  versions: versions.map(([version_id, percentage]) => ({ version_id, percentage })),
});

describe("the stand-in's API", () => {
  it("takes a first version whole, then others that serve nobody until they are given a share", async () => {
    const { call, state } = await open();
    expect((await call("POST", `${SCRIPT}/versions`, form())).status).toBe(404);
    const first = (await call("PUT", SCRIPT, form())).result.deployment_id as string;
    const second = (await call("POST", `${SCRIPT}/versions`, form())).result.id as string;
    expect(state.script("apextrade-staging")?.deployments[0]?.versions).toEqual([
      { version_id: first, percentage: 100 },
    ]);
    expect((await call("POST", `${SCRIPT}/deployments`, shares([second, 10], [first, 90]))).status).toBe(200);
    expect(state.script("apextrade-staging")?.deployments[0]?.versions).toEqual([
      { version_id: second, percentage: 10 },
      { version_id: first, percentage: 90 },
    ]);
  });

  it("takes changes of classes only by themselves, and lets no deployment cross one, as the platform does", async () => {
    const { call } = await open();
    const first = (await call("PUT", SCRIPT, form())).result.deployment_id as string;
    expect(await call("POST", `${SCRIPT}/versions`, form({ exports: {} }))).toMatchObject({
      status: 400,
      code: 100406,
    });
    await call("PUT", SCRIPT, form({ exports: {} }));
    expect(await call("POST", `${SCRIPT}/deployments`, shares([first, 100]))).toMatchObject({
      status: 400,
      code: 100408,
    });
  });

  it("takes back what does not start", async () => {
    const { call, state } = await open();
    const first = (await call("PUT", SCRIPT, form())).result.deployment_id as string;
    expect(await call("PUT", SCRIPT, form({ code: "// does not start" }))).toMatchObject({ status: 400, code: 10021 });
    expect(state.script("apextrade-staging")?.deployments[0]?.versions[0]?.version_id).toBe(first);
  });

  it("keeps secrets for the versions behind, and refuses one that inherits what is not there", async () => {
    const { call, state } = await open();
    await call("PUT", SCRIPT, form({ bindings: [{ type: "secret_text", name: "AUTH_SECRET", text: SECRET }] }));
    const inherited = (name: string) => form({ bindings: [{ type: "inherit", name }] });
    expect((await call("POST", `${SCRIPT}/versions`, inherited("AUTH_SECRET"))).status).toBe(200);
    expect(await call("POST", `${SCRIPT}/versions`, inherited("OTHER"))).toMatchObject({ status: 400, code: 10057 });
    expect(state.script("apextrade-staging")?.secrets).toEqual({ AUTH_SECRET: SECRET });
  });

  it("records every call, those that it refuses too, and no token, secret or code", async () => {
    const { call, calls } = await open();
    await call(
      "PUT",
      SCRIPT,
      form({ bindings: [{ type: "secret_text", name: "AUTH_SECRET", text: SECRET }], code: "// secret code" }),
    );
    await call("GET", "/nothing/like/it");
    const lines = calls()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { method: string; status: number });
    expect(lines.map(({ method, status }) => [method, status])).toEqual([
      ["PUT", 200],
      ["GET", 404],
    ]);
    for (const hidden of [TOKEN, SECRET, "secret code"]) expect(calls()).not.toContain(hidden);
  });
});

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { TOTP } from "otpauth";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { becomeTrader, PASSWORD } from "./newcomer.ts";
import { findSecrets, type PlantedSecret } from "./secret-scan.ts";
import { hasBrowser, launch, openStage } from "./stage.ts";

/** Names of the API's replies that hold secrets. */
const SECRET_FIELDS = new Set(["token", "secret", "ticket", "codes", "access", "refresh"]);
const SECRETS_MIN = 20;
const COPIES_MAX = 10;
const FRAGMENT_TOKEN = /#token=([\w.-]+)/;
const NEW_PASSWORD = "seven calm herons ülber 4 ponds";

test("S43: the scan finds a secret in every encoding, packed or in a row", () => {
  const folder = mkdtempSync(join(tmpdir(), "apextrade-scan-"));
  const secret = { name: "canary", text: 'ká"nary+secret/1234' };
  const bytes = Buffer.from(secret.text);
  const hiding = {
    raw: secret.text,
    base64: Buffer.concat([Buffer.from("x"), bytes, Buffer.from("yz")]).toString("base64"),
    base64url: Buffer.concat([Buffer.from("xy"), bytes]).toString("base64url"),
    hex: bytes.toString("hex"),
    url: `?a=${encodeURIComponent(secret.text)}`,
    json: JSON.stringify({ a: secret.text }),
    packed: gzipSync(`a line\n${secret.text}`),
  };
  try {
    for (const [name, text] of Object.entries(hiding)) writeFileSync(join(folder, name), text);
    const { found } = findSecrets([folder], [secret]);
    const files = new Set(found.map((line) => line.slice(line.lastIndexOf("/") + 1)));
    expect([...files].sort()).toEqual(Object.keys(hiding).sort());
    expect(findSecrets([folder], [{ name: "other", text: "never written" }]).found).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe.skipIf(!hasBrowser)("what a full visit leaves behind", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
  });

  test("S43: no store, log, queue or bundle holds any secret of a visit, in any of six encodings", async () => {
    const { context, page } = await openStage(browser);
    const planted = new Map<string, PlantedSecret>();
    const plant = (name: string, text: string) => planted.set(text, { name, text });
    watch(context, plant);
    plant("password", PASSWORD);
    plant("new password", NEW_PASSWORD);
    plant("wrong password", "a wrong guess of the password 77");
    for (const [name, text] of secretsOfDeployment()) plant(name, text);

    const email = await becomeTrader(page, "Canary");
    await useEverything(page, email);
    for (const { name, value } of await context.cookies()) plant(`cookie ${name}`, value);
    await context.close();

    expect(planted.size).toBeGreaterThanOrEqual(SECRETS_MIN);
    const state = inject("stateDirectory");
    // Databases are read from a copy: the server goes on writing to its own.
    const copy = mkdtempSync(join(tmpdir(), "apextrade-state-"));
    try {
      copyFolder(state, copy);
      const except = [join(copy, "local-secrets.env")];
      const { found, bytes } = findSecrets([copy, "web/dist"], [...planted.values()], except);
      expect(found).toEqual([]);
      expect(bytes).toBeGreaterThan(1_000_000);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  }, 240_000);
});

/** Copies a folder that is being written to. What goes away under its hands may have got another name: it begins anew then. */
function copyFolder(from: string, to: string): void {
  for (let tries = 1; ; tries++) {
    try {
      cpSync(from, to, { recursive: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries === COPIES_MAX) throw error;
    }
  }
}

/** Signs in wrongly and rightly, sets up a factor, makes a key, an invitation and an archive, and changes the password. */
async function useEverything(page: Page, email: string): Promise<void> {
  await page.goto("/backtests/new");
  await page.getByRole("button", { name: /^Run/ }).click();
  await page.waitForURL(/\/backtests\/run_/);
  await page.getByRole("region", { name: "Price, equity and draw-down" }).waitFor();
  const { secret } = await api<{ secret: string }>(page, "/account/totp");
  const app = new TOTP({ secret });
  await api(page, "/account/totp/confirm", { code: app.generate() });
  await api(page, "/api-keys", { name: "a program", scopes: ["read"] });
  await api(page, "/sharing/invitations", { email: "guest@example.org" });
  await api(page, "/socket-tickets");
  await api(page, "/account/exports");
  await api(page, "/account/password", { currentPassword: PASSWORD, password: NEW_PASSWORD });
  await page.context().clearCookies();
  await page.goto("/sign-in");
  for (const password of ["a wrong guess of the password 77", NEW_PASSWORD]) {
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    if (password !== NEW_PASSWORD) await page.getByText("E-mail and password do not match").waitFor();
  }
  await page.getByRole("heading", { name: "Second factor" }).waitFor();
  await page.goto("/forgot-password");
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Send a letter" }).click();
  await page.getByRole("link", { name: "read its letters here" }).click();
  await page.locator("article", { hasText: email }).first().waitFor();
}

/** Posts to the API as the signed-in person, as a page would. */
async function api<T>(page: Page, path: string, body?: unknown): Promise<T> {
  const reply = await page.evaluate(
    async ([address, sent]) => {
      const session = await fetch("/api/v1/session/token", { method: "POST" });
      const { token } = (await session.json()) as { token: string };
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const response = await fetch(`/api/v1${address}`, { method: "POST", headers, body: sent });
      return { ok: response.ok, text: await response.text() };
    },
    [path, JSON.stringify(body ?? {})] as const,
  );
  if (!reply.ok) throw new Error(`${path}: ${reply.text}`);
  return (reply.text === "" ? {} : JSON.parse(reply.text)) as T;
}

/** Plants what the server tells this browser once: tokens, codes, cookies, and the links of letters. */
function watch(context: BrowserContext, plant: (name: string, text: string) => void): void {
  context.on("response", async (response) => {
    const { pathname } = new URL(response.url());
    const cookies = (await response.headersArray().catch(() => [])).filter(({ name }) => /^set-cookie$/i.test(name));
    for (const { value } of cookies) {
      const [pair] = value.split(";");
      const text = pair.slice(pair.indexOf("=") + 1);
      if (text !== "") plant(`cookie of ${pathname}`, text);
    }
    const text = await response.text().catch(() => "");
    for (const [, token] of text.matchAll(new RegExp(FRAGMENT_TOKEN, "g"))) plant("token of a letter", token);
    if (!response.headers()["content-type"]?.includes("json")) return;
    for (const [name, value] of fieldsOf(JSON.parse(text || "null"))) {
      if (SECRET_FIELDS.has(name) && value.length >= 8) plant(`${name} of ${pathname}`, value);
    }
  });
}

function fieldsOf(value: unknown, name = ""): [name: string, value: string][] {
  if (typeof value === "string") return [[name, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, Array.isArray(value) ? name : key));
}

function secretsOfDeployment(): [name: string, text: string][] {
  const lines = readFileSync(join(inject("stateDirectory"), "local-secrets.env"), "utf8").split("\n");
  return lines.flatMap((line): [string, string][] => {
    const [, name, text] = /^(\w+)="(?:k1:)?(.{8,})"$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, text]];
  });
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { becomeTrader, PASSWORD } from "./newcomer.ts";
import { besidesOldSession, hasBrowser, launch, openStage } from "./stage.ts";

const RULES = "enter long when rsi(close, 14) < 25\nexit long when rsi(close, 14) > 60\n";

describe.skipIf(!hasBrowser)("privacy", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
  });

  test("a person makes an archive, follows its letter, and unpacks their own strategy from it", async () => {
    const { context, page, complaints } = await openStage(browser);
    const email = await becomeTrader(page, "Pia");
    const made = await page.evaluate(async (document) => {
      const headers = { "content-type": "application/json" };
      const { token } = (await (await fetch("/api/v1/session/token", { method: "POST" })).json()) as { token: string };
      const body = JSON.stringify({ name: "Pia's very own", document });
      const init = { method: "POST", headers: { ...headers, authorization: `Bearer ${token}` }, body };
      return (await fetch("/api/v1/strategies", init)).status;
    }, RULES);
    expect(made).toBe(201);
    await page.goto("/settings?section=privacy");
    await page.getByRole("button", { name: "Make an archive" }).click();
    await page.getByRole("button", { name: "Download" }).waitFor();
    // The letter is in the outbox until the next change or the next minute; this page's own renewal is a change.
    await page.reload();
    await page.getByRole("button", { name: "Download" }).waitFor();
    await page.goto("/dev/mail");
    const letter = page.locator("article", { hasText: email }).filter({ hasText: "Your data is ready" }).first();
    await letter.getByRole("link").first().click();
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(/^apextrade-[\d-]+\.tar\.gz$/);
    const folder = mkdtempSync(join(tmpdir(), "apextrade-e2e-archive-"));
    try {
      await download.saveAs(join(folder, "archive.tar.gz"));
      execFileSync("tar", ["-xzf", "archive.tar.gz"], { cwd: folder });
      expect(readdirSync(folder)).toContain("README.txt");
      const [strategy] = readFileSync(join(folder, "strategies.ndjson"), "utf8").trim().split("\n");
      expect(JSON.parse(strategy)).toMatchObject({ name: "Pia's very own", document: RULES });
      expect(readFileSync(join(folder, "profile.ndjson"), "utf8")).toContain(email);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect([...complaints]).toEqual([]);
    await context.close();
  });

  test("a person asks for the deletion of their account, sees the day on every page, and takes it back", async () => {
    const { context, page, complaints } = await openStage(browser);
    const email = await becomeTrader(page, "Tom");
    await page.goto("/settings?section=privacy");
    await page.getByRole("button", { name: "Delete my account" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Password").fill(PASSWORD);
    await dialog.getByLabel(`Type ${email}`).fill("somebody@example.org");
    await expect.poll(() => dialog.getByRole("button", { name: "Delete my account" }).isDisabled()).toBe(true);
    await dialog.getByLabel(`Type ${email}`).fill(email);
    await dialog.getByRole("button", { name: "Delete my account" }).click();
    await dialog.waitFor({ state: "detached" });
    const banner = page.getByRole("status", { name: "Your account will be erased" });
    await banner.waitFor();
    await page.goto("/backtests");
    await banner.getByText("Your account will be erased on").waitFor();
    await banner.getByRole("button", { name: "Keep my account" }).click();
    await banner.waitFor({ state: "detached" });
    await page.goto("/settings?section=privacy");
    await page.getByRole("button", { name: "Delete my account" }).waitFor();
    expect(besidesOldSession(complaints)).toEqual([]);
    await context.close();
  });
});

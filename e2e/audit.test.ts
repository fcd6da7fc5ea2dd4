import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuditTail } from "../schema/wire/audit.ts";
import { type AuditEntry, verifyChain } from "../workers/audit/audit-chain.ts";
import { auditRows, auditVerdict } from "./fixture/audit.ts";
import { expectNoOverflow, hasBrowser, launch, openSignedIn, openStage, PHONE, pretend, settled } from "./stage.ts";

/** Opens the trail from the menu of the account, as a person does. */
async function openTrail(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account and appearance" }).click();
  await page.getByRole("menuitem", { name: "Audit trail" }).click();
  await page.getByRole("heading", { name: "Audit trail", level: 1 }).waitFor();
}

describe.skipIf(!hasBrowser)("the audit page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test("S64 shows what was just done, with what changed and from where, and a download that verifies", async () => {
    const { context, page, complaints } = await openSignedIn(browser);
    const name = `Renamed ${Math.random().toString(36).slice(2)}`;
    const renamed = await page.evaluate(async (text) => {
      const token = async () => (await (await fetch("/api/v1/session/token", { method: "POST" })).json()).token;
      const headers = { authorization: `Bearer ${await token()}`, "content-type": "application/json" };
      const { rows } = await (await fetch("/api/v1/datasets", { headers })).json();
      const body = JSON.stringify({ name: text });
      return (await fetch(`/api/v1/datasets/${rows[0].id}`, { method: "PATCH", headers, body })).status;
    }, name);
    expect(renamed).toBe(200);
    // The entry joins the trail a moment after the change was answered.
    const entries = (text: string) =>
      page.evaluate(async (words) => (await (await fetch(`/api/v1/audit?text=${words}`)).json()).rows.length, text);
    await expect.poll(() => entries(encodeURIComponent(name)), { timeout: 30_000, interval: 250 }).toBe(1);
    await openTrail(page);
    await page.getByText(/^Verified:/).waitFor();
    await page.getByLabel("Words").fill(name);
    await page.waitForURL(/q=Renamed/);
    await page.getByLabel("What", { exact: true }).selectOption({ label: "Data" });
    await page.waitForURL(/what=dataset/);
    await page.getByText("1 entry shown, no older ones").waitFor();
    const row = page.getByRole("row", { name: new RegExp(name) });
    await row.focus();
    await page.keyboard.press("Enter");
    const entry = page.getByRole("dialog", { name: "Renamed a dataset" });
    await entry.getByRole("table", { name: "What changed" }).getByText(name).waitFor();
    await entry
      .getByText(/on Linux/)
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
    await entry.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Verify again" }).click();
    await page.getByText(/^Verified:/).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download" }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trimEnd()
      .split("\n");
    const links = lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEntry);
    const { head, anchors } = AuditTail.parse(JSON.parse(lines.at(-1) ?? ""));
    expect(await verifyChain(links, anchors)).toEqual({ entries: links.length, head, fault: null });
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("keeps its filters in the address, and loads older entries on demand", async () => {
    const { context, page, complaints } = await openStage(browser);
    await pretend(page, "full");
    await page.goto("/audit");
    await page.getByText("50 entries shown").waitFor();
    await page.getByRole("button", { name: "Load older" }).click();
    await page.getByText("84 entries shown, no older ones").waitFor();
    await page.goto("/audit?what=session&from=2026-02-30&entry=83");
    await page.getByRole("dialog", { name: "Signed in" }).getByText("Firefox on Linux").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => !url.search.includes("entry"));
    await expect.poll(() => page.getByLabel("What", { exact: true }).inputValue()).toBe("session");
    await page.getByText("28 entries shown").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("50 entries shown").waitFor();
    expect(new URL(page.url()).search).toBe("");
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("says in words what is wrong with a trail, that nothing matches, that there is none, that it cannot be shown", async () => {
    const { context, page } = await openStage(browser, { viewport: PHONE });
    await pretend(page, "full");
    await page.route("**/api/v1/audit/verification", (route) =>
      route.fulfill({ json: auditVerdict(auditRows(), { seq: 12, kind: "truncated" }) }),
    );
    await page.goto("/audit");
    await page.getByText("Not verified: entry 12 and all behind it are missing.").waitFor();
    await settled(page);
    await expectNoOverflow(page, "the audit page");
    await page.getByLabel("Words").fill("nothing of this kind");
    await page.getByText("No entry matches").waitFor();
    await pretend(page, "empty");
    await page.goto("/audit");
    await page.getByText("Nothing was done yet").waitFor();
    await pretend(page, "broken");
    await page.goto("/audit");
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await context.close();
  });
});

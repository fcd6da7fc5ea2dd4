import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { becomeTrader } from "./newcomer.ts";
import { hasBrowser, launch, openStage, settled } from "./stage.ts";

describe.skipIf(!hasBrowser)("accounts", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
  });

  test("two people who made accounts by letter see nothing of each other", async () => {
    const [ada, eve] = [await openStage(browser), await openStage(browser)];
    await becomeTrader(ada.page, "Ada");
    await ada.page.goto("/backtests/new");
    await ada.page.getByRole("button", { name: /^Run/ }).click();
    await ada.page.waitForURL(/\/backtests\/run_/);
    const address = ada.page.url();
    await ada.page.getByRole("heading", { level: 1 }).waitFor();
    await becomeTrader(eve.page, "Eve");
    await settled(eve.page);
    expect(await eve.page.locator(`a[href*="/backtests/run_"]`).count()).toBe(0);
    await eve.page.goto(address);
    await eve.page
      .getByText(/no such|not found|does not exist/i)
      .first()
      .waitFor();
    expect([...ada.complaints]).toEqual([]);
    await ada.context.close();
    await eve.context.close();
  });

  test("a forgotten password is chosen anew by a letter", async () => {
    const { context, page } = await openStage(browser);
    const email = await becomeTrader(page, "Mia");
    await context.clearCookies();
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Forgot password" }).click();
    // The sign-in page has a field of the same name, which must be gone before one is filled.
    await page.getByRole("heading", { name: "Forgot password" }).waitFor();
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send a letter" }).click();
    await page.getByRole("link", { name: "read its letters here" }).click();
    await page.locator("article", { hasText: email }).first().getByRole("link").first().click();
    await page.getByLabel(/^Password/).fill("another calm phrase 42");
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("Your sessions have ended").waitFor();
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill("another calm phrase 42");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL((url) => url.pathname === "/");
    await context.close();
  });
});

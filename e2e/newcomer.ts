import type { Page } from "playwright-core";
import { expect } from "vitest";
import { baseUrl } from "./stage.ts";

/** Password of everybody who is made here. */
export const PASSWORD = "quiet lantern over 9 rivers";

/** Makes an account the way a newcomer does: the form, the letter, the link in it, the sign-in. */
export async function becomeTrader(page: Page, name: string): Promise<string> {
  const email = `${name.toLowerCase()}.${Math.random().toString(36).slice(2)}@example.org`;
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("A letter is on its way").waitFor();
  await page.getByRole("link", { name: "read its letters here" }).click();
  const letter = page.locator("article", { hasText: email }).first();
  await letter.getByRole("link").first().click();
  await page.getByLabel("The password you chose").fill(PASSWORD);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("Your address is confirmed").waitFor();
  // The token of the letter is not left in the address.
  expect(page.url()).toBe(`${baseUrl}/verify-email`);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => url.pathname === "/");
  return email;
}

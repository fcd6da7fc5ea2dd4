import { TOTP } from "otpauth";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ageProof } from "./clock.ts";
import { becomeTrader, PASSWORD } from "./newcomer.ts";
import { besidesOldSession, hasBrowser, launch, openStage, settled } from "./stage.ts";

describe.skipIf(!hasBrowser)("second factors", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
  });

  test("an authenticator app is set up with a fresh proof, then asked for at sign-in, and a recovery code stands in", async () => {
    const { context, page, complaints } = await openStage(browser);
    const email = await becomeTrader(page, "Noa");
    ageProof(email);
    await page.goto("/settings?section=security");
    await page.getByRole("button", { name: "Set up" }).click();
    const question = page.getByRole("dialog", { name: "Is it you?" });
    await question.getByLabel("Password").fill(PASSWORD);
    await question.getByRole("button", { name: "Continue" }).click();
    const enrolment = page.getByRole("dialog", { name: "Set up an authenticator app" });
    const secret = ((await enrolment.locator("code").textContent()) ?? "").replaceAll(" ", "");
    const app = new TOTP({ secret });
    await enrolment.getByLabel("Six digits that the app shows now").fill(app.generate());
    await enrolment.getByRole("button", { name: "Take it into use" }).click();
    const codes = page.getByRole("dialog", { name: "Your recovery codes" }).locator("pre");
    const [recovery = ""] = ((await codes.textContent()) ?? "").split("\n");
    expect(recovery).not.toBe("");
    await page.keyboard.press("Escape");

    await enterPassword(page, email);
    await page.getByLabel("Six digits of your authenticator app").fill("000000");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText(/wrong, was used, or has expired/).waitFor();
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(recovery);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL((url) => url.pathname === "/");
    await page.goto("/settings?section=security");
    await page.getByText("9 left, each for one sign-in.").waitFor();
    expect(besidesOldSession(complaints)).toEqual([]);
    await context.close();
  });

  test("a passkey is added, opens the account alone and as the second factor, and proves who one is", async () => {
    const { context, page, complaints } = await openStage(browser);
    await plugIn(await context.newCDPSession(page));
    const email = await becomeTrader(page, "Kai");
    await page.goto("/settings?section=security");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    const adding = page.getByRole("dialog", { name: "Add a passkey" });
    await adding.getByRole("textbox", { name: "Name" }).fill("Key on the desk");
    await adding.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("dialog", { name: /recovery codes/i }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Key on the desk").waitFor();

    await context.clearCookies();
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL((url) => url.pathname === "/");

    await enterPassword(page, email);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL((url) => url.pathname === "/");

    ageProof(email);
    await page.goto("/settings?section=security");
    await page.getByRole("button", { name: "Remove the passkey Key on the desk" }).click();
    await page.getByText("It is your last second factor").waitFor();
    await page.getByRole("button", { name: "Remove the passkey", exact: true }).click();
    await page
      .getByRole("dialog", { name: "Is it you?" })
      .getByRole("button", { name: "Use a passkey", exact: true })
      .click();
    await page.getByText("Key on the desk", { exact: true }).waitFor({ state: "detached" });
    expect(besidesOldSession(complaints)).toEqual([]);
    await context.close();
  });

  test("an invited person looks at everything, changes nothing, and is out the moment the owner ends it", async () => {
    const owner = await openStage(browser);
    const viewer = await openStage(browser);
    await becomeTrader(owner.page, "Olga");
    const viewerEmail = await becomeTrader(viewer.page, "Vito");
    await owner.page.goto("/backtests/new");
    await owner.page.getByRole("button", { name: /^Run/ }).click();
    await owner.page.waitForURL(/\/backtests\/run_/);
    await owner.page.goto("/settings?section=sharing");
    await owner.page.getByLabel("E-mail of the person").fill(viewerEmail);
    await owner.page.getByRole("button", { name: "Send an invitation" }).click();
    await owner.page.getByText("Invited, open until").waitFor();

    await viewer.page.goto("/dev/mail");
    await viewer.page.locator("article", { hasText: viewerEmail }).first().getByRole("link").first().click();
    await viewer.page.getByRole("button", { name: "Accept" }).click();
    await viewer.page.getByRole("button", { name: "Look at it" }).click();
    await viewer.page.getByText(/You are looking at/).waitFor();
    await viewer.page.goto("/backtests");
    await settled(viewer.page);
    await viewer.page
      .getByRole("row", { name: /SMA|Moving|average/i })
      .first()
      .waitFor();
    await viewer.page.getByText(/You are looking at/).waitFor();

    await owner.page.reload();
    await owner.page.getByRole("button", { name: "End", exact: true }).click();
    await owner.page.getByRole("button", { name: "End it" }).click();
    await owner.page.getByText("Nobody but you.").waitFor();
    await viewer.page.goto("/backtests");
    await settled(viewer.page);
    expect(await viewer.page.locator('a[href*="/backtests/run_"]').count()).toBe(0);
    await owner.context.close();
    await viewer.context.close();
  });
});

/** Signs out by losing the cookies, and gives e-mail and password again. */
async function enterPassword(page: Page, email: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Second factor" }).waitFor();
}

/** A security key that answers for its user by itself. */
async function plugIn(session: CDPSession): Promise<void> {
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

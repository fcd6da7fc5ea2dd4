/// <reference lib="dom" />
import { setTimeout as wait } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium, type Page, type Request } from "playwright-core";
import { expect, inject } from "vitest";
import { emptyState, type FakeState, fakeReply, fullState } from "./fixture/api.ts";
import { liveSnapshot } from "./fixture/trading-api.ts";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export const baseUrl = inject("baseUrl");
/** Whether there is a browser to test with. */
export const hasBrowser = inject("chromiumPath") !== "";

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: inject("chromiumPath"), args: ARGUMENTS });
}

export interface Stage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained about: errors of the console, of scripts, and replies of 500 and above. */
  readonly complaints: string[];
}

interface StageOptions {
  readonly viewport?: { width: number; height: number };
  readonly theme?: "dark" | "light";
}

/** A fresh page that keeps account of everything the browser complains about. */
export async function openStage(browser: Browser, options: StageOptions = {}): Promise<Stage> {
  const { viewport = WIDE, theme = "dark" } = options;
  const context = await browser.newContext({
    baseURL: baseUrl,
    viewport,
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  await context.addInitScript((chosen) => {
    localStorage.setItem("apextrade.preferences", JSON.stringify({ theme: chosen }));
  }, theme);
  const page = await context.newPage();
  watchRequests(page);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("response", (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
  return { context, page, complaints };
}

/**
 * Complaints but for those that belong to a test in which a session ends or goes on under a new id: the browser itself
 * reports the 401 of what was under way with the old one, a socket that was opening then, and the 403 that asks for a proof.
 */
export function besidesOldSession(complaints: readonly string[]): readonly string[] {
  return complaints.filter((text) => !/status of 40[13]|\/live' failed: /.test(text));
}

/** Signs in with the account that the local server offers. */
export async function signInWithDemo(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("button", { name: "Use the demo account" }).click();
  await page.waitForURL((url) => url.pathname === "/");
}

/** A fresh page that is signed in: each with a session of its own, since a copied one is ended when it is found out. */
export async function openSignedIn(browser: Browser, options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(browser, options);
  await signInWithDemo(stage.page);
  return stage;
}

/** Answers the page's requests from a pretended server, to see states that a real one is seldom in; `change` makes it another. */
export async function pretend(
  page: Page,
  kind: "full" | "empty" | "broken" | "signed-out",
  change: (state: FakeState) => FakeState = (state) => state,
): Promise<void> {
  const full = change(kind === "empty" ? emptyState() : fullState());
  const state: FakeState = { ...full, signedIn: kind !== "signed-out" };
  await page.routeWebSocket(/\/api\/v1\/.*live/, (socket) => {
    const value = liveSnapshot(state.trading, new URL(socket.url()).pathname);
    // What has no channel, or is broken, stays a socket that says nothing.
    if (value === undefined || kind === "broken") return;
    socket.send(JSON.stringify({ type: "snapshot", epoch: "e1", sequence: 1, state: value }));
  });
  await page.route("**/api/**", async (route) => {
    const url = new URL(route.request().url());
    if (kind === "broken" && !url.pathname.includes("session")) {
      const problem = { type: "about:blank", title: "The server met a fault", status: 422, code: "internal" };
      const body = JSON.stringify({ ...problem, detail: "The request could not be finished. Try again in a moment." });
      return route.fulfill({ status: 422, contentType: "application/problem+json", body });
    }
    const { status, body } = fakeReply(state, route.request().method(), url, route.request().postData() ?? "");
    return route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
  });
}

/**
 * Goes to another page as a link in the app does: what is loaded stays, which takes half as long as to load it anew. The page
 * shown before must be one of the app.
 */
export async function goWithin(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => (window as unknown as RoutedWindow).__TSR_ROUTER__.history.push(to), path);
  await page.waitForFunction(() => {
    const { status, location, resolvedLocation } = (window as unknown as RoutedWindow).__TSR_ROUTER__.state;
    return status === "idle" && resolvedLocation?.href === location.href;
  });
}

/** What TanStack's router leaves for its tools. */
interface RoutedWindow {
  readonly __TSR_ROUTER__: {
    readonly history: { push(path: string): void };
    readonly state: {
      readonly status: "pending" | "idle";
      readonly location: { readonly href: string };
      readonly resolvedLocation?: { readonly href: string };
    };
  };
}

/** Asserts that nothing stands wider than the screen. */
export async function expectNoOverflow(page: Page, where: string): Promise<void> {
  const spare = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(spare, `${where} is wider than the screen by`).toBe(0);
}

/** How long nothing may be asked for until a page counts as loaded: what comes of an answer is asked for at once. */
const QUIET_MS = 250;
const LOADED_MS_MAX = 60_000;

/** Waits until the page shows content in place of its skeletons, and has asked for nothing for a moment. */
export async function settled(page: Page): Promise<void> {
  const quiet = quietTimes.get(page);
  if (quiet === undefined) throw new Error("a page must be opened by openStage to be waited for");
  await page.waitForFunction(() => document.readyState === "complete" && document.querySelector(".skeleton") === null);
  const until = performance.now() + LOADED_MS_MAX;
  for (let left = QUIET_MS - quiet(); left > 0; left = QUIET_MS - quiet()) {
    if (performance.now() > until) throw new Error(`${page.url()} still asks for more after ${LOADED_MS_MAX} ms`);
    await wait(left);
  }
  await page.waitForFunction(() => document.querySelector(".skeleton") === null);
}

/** Of each page, for how long it has been waiting for no answer, ms. */
const quietTimes = new WeakMap<Page, () => number>();

function watchRequests(page: Page): void {
  const open = new Set<Request>();
  let changedAt = performance.now();
  const ended = (request: Request) => {
    open.delete(request);
    changedAt = performance.now();
  };
  page.on("request", (request) => {
    // What a page was waiting for when it was left is answered to nobody.
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) open.clear();
    open.add(request);
    changedAt = performance.now();
  });
  page.on("requestfinished", ended);
  page.on("requestfailed", ended);
  quietTimes.set(page, () => (open.size > 0 ? 0 : performance.now() - changedAt));
}

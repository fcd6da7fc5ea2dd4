import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBrowser, launch, openStage, pretend, settled } from "./stage.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const PAGES = [
  "/",
  "/bots",
  "/bots/new",
  "/bots/b1",
  "/bots/b1?tab=shadow",
  "/bots/b3?tab=log",
  "/orders",
  "/orders?ticket=open",
  "/orders?order=sk037f0q9z1m4",
  "/orders?order=sk0a7f0q9z1m4",
  "/risk",
  "/journal",
  "/journal?trade=j0",
  "/backtests",
  "/backtests/new",
  "/backtests/r1",
  "/backtests/r6",
  "/compare?ids=r1,r4",
  "/strategies",
  "/strategies/s1",
  "/strategies/s2",
  "/strategies/language",
  "/data",
  "/data/d2",
  "/data?import=open",
  "/audit",
  "/audit?entry=84",
];

/** Every page in turn, some three seconds each on two busy cores. */
const PAGES_MS_MAX = 240_000;

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What axe finds against WCAG 2.2 AA, a line a finding. */
async function findingsOf(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger, which the page's content policy does not bind.
  await page.evaluate(AXE);
  const result = await page.evaluate(async (tags): Promise<AxeResult> => {
    const { axe } = window as unknown as { axe: { run(context: Document, options: object): Promise<AxeResult> } };
    return axe.run(document, { runOnly: { type: "tag", values: tags } });
  }, RULES);
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ""}`),
  );
}

describe.skipIf(!hasBrowser)("accessibility", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test.each(["dark", "light"] as const)(
    "axe finds nothing against WCAG 2.2 AA on any page in the %s theme",
    async (theme) => {
      const { context, page } = await openStage(browser, { theme });
      await pretend(page, "full");
      const findings: string[] = [];
      for (const path of PAGES) {
        await page.goto(path);
        await settled(page);
        findings.push(...(await findingsOf(page)).map((finding) => `${path} ${finding}`));
      }
      expect(findings).toEqual([]);
      await context.close();
    },
    PAGES_MS_MAX,
  );

  test("the sign-in page is as sound", async () => {
    const { context, page } = await openStage(browser);
    await pretend(page, "signed-out");
    await page.goto("/sign-in");
    await settled(page);
    expect(await findingsOf(page)).toEqual([]);
    await context.close();
  });
});

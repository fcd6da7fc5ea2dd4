import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { becomeTrader } from "./newcomer.ts";
import { hasBrowser, launch, openStage, type Stage, settled } from "./stage.ts";

/** What would run if a name were ever taken for markup, an address, a style or a script. Names hold 80 characters. */
const PAYLOADS = [
  "<script>window.__xss=1</script>",
  "</script><script>window.__xss=1</script>",
  "<img src=x onerror=window.__xss=1>",
  "<svg onload=window.__xss=1>",
  "<svg><script>window.__xss=1</script></svg>",
  "<svg><animate onbegin=window.__xss=1 attributeName=x dur=1s>",
  "<iframe srcdoc='<script>parent.__xss=1</script>'></iframe>",
  "<iframe src=javascript:parent.__xss=1></iframe>",
  "<body onload=window.__xss=1>",
  "<input autofocus onfocus=window.__xss=1>",
  "<details open ontoggle=window.__xss=1>x",
  "<video><source onerror=window.__xss=1></video>",
  "<audio src onerror=window.__xss=1>",
  "<object data=javascript:window.__xss=1></object>",
  "<embed src=javascript:window.__xss=1>",
  "<a href=javascript:window.__xss=1 autofocus>x</a>",
  "<form action=javascript:window.__xss=1><button>x</button></form>",
  "<math><mtext><img src=x onerror=window.__xss=1></mtext></math>",
  "<noscript><p title='</noscript><img src=x onerror=window.__xss=1>'>",
  "<style>@import'javascript:window.__xss=1'</style>",
  "<link rel=stylesheet href=javascript:window.__xss=1>",
  "<base href=javascript:window.__xss=1//>",
  "<meta http-equiv=refresh content='0;url=javascript:window.__xss=1'>",
  "<template><img src=x onerror=window.__xss=1></template>",
  '"><img src=x onerror=window.__xss=1>',
  "'-(window.__xss=1)-'",
  "`-(window.__xss=1)-`",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a template of another language would run.
  "${window.__xss=1}{{constructor.constructor('window.__xss=1')()}}",
  "javascript:/*--></title></style></textarea></script>*/window.__xss=1//",
  "&lt;img src=x onerror=window.__xss=1&gt;\\u003csvg onload=__xss=1\\u003e",
];
const RULES = "enter long when close > sma(close, 10)\nexit long when close < sma(close, 10)";

/** Makes a thing of each kind under each name, by the API that the pages use. Returns the ids. */
function plant(page: Page): Promise<Record<"strategies" | "backtests" | "datasets", string[]>> {
  return page.evaluate(
    async ({ payloads, rules }) => {
      const { token } = await (await fetch("/api/v1/session/token", { method: "POST" })).json();
      const ask = async (method: string, path: string, body?: unknown, type = "application/json") => {
        const sent = typeof body === "string" ? body : JSON.stringify(body);
        const headers = { authorization: `Bearer ${token}`, "content-type": type };
        const init =
          body === undefined
            ? { method, headers: { authorization: `Bearer ${token}` } }
            : { method, headers, body: sent };
        const reply = await fetch(`/api/v1${path}`, init);
        const answer = await reply.json();
        if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(answer)}`);
        return answer;
      };
      await ask("PATCH", "/account", { name: payloads[2] });
      const days = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((day) => `2024-01-0${day},1,2,1,2,5`).join("\n");
      const ids = { strategies: [] as string[], backtests: [] as string[], datasets: [] as string[] };
      const { rows } = await ask("GET", "/datasets");
      const document = `${payloads.map((name) => `# ${name}`).join("\n")}\n${rules}`;
      for (const name of payloads) {
        const query = new URLSearchParams({ fileName: name, name, symbol: "XYZ-USD" });
        const csv = `time,open,high,low,close,volume\n${days}`;
        const imported = await ask("POST", `/datasets/import?${query}`, csv, "text/csv");
        ids.datasets.push(imported.datasetId);
        ids.strategies.push((await ask("POST", "/strategies", { name, document })).id);
        const strategy = { kind: "saved", id: ids.strategies.at(-1) };
        if (ids.backtests.length >= 3) continue;
        const settings = { datasetIds: [rows[0].id], timeframe: "1d", strategy };
        ids.backtests.push((await ask("POST", "/backtests", { name, settings })).id);
      }
      return ids;
    },
    { payloads: PAYLOADS, rules: RULES },
  );
}

/** How runs stand, in their order. */
function statuses(page: Page, runs: readonly string[]): Promise<string[]> {
  return page.evaluate(async (ids) => {
    const { token } = await (await fetch("/api/v1/session/token", { method: "POST" })).json();
    const headers = { authorization: `Bearer ${token}` };
    const replies = await Promise.all(ids.map((id) => fetch(`/api/v1/backtests/${id}`, { headers })));
    return Promise.all(replies.map(async (reply) => (await reply.json()).status));
  }, runs);
}

describe.skipIf(!hasBrowser)("a name made of code", () => {
  let browser: Browser;
  let stage: Stage;
  let ids: Awaited<ReturnType<typeof plant>>;
  beforeAll(async () => {
    browser = await launch();
    stage = await openStage(browser);
    await becomeTrader(stage.page, "Eve");
    ids = await plant(stage.page);
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** Opens a page and asserts that nothing ran and nothing was even tried that the content policy had to stop. */
  async function visit(path: string): Promise<string> {
    const { page, complaints } = stage;
    complaints.length = 0;
    await page.goto(path);
    await settled(page);
    expect(await page.evaluate(() => "__xss" in window), path).toBe(false);
    expect(complaints, path).toEqual([]);
    // Nothing but the app's own two scripts and styles may have come into being.
    const made = await page.evaluate(() => {
      const own = [...document.scripts].filter((script) => !script.src.startsWith(location.origin)).length;
      const handlers = [...document.querySelectorAll("*")].filter((element) =>
        element.getAttributeNames().some((name) => name.startsWith("on")),
      ).length;
      return own + handlers + document.querySelectorAll("iframe, object, embed, base, [href^='javascript:']").length;
    });
    expect(made, path).toBe(0);
    return page.evaluate(
      () =>
        `${document.body.textContent} ${[...document.querySelectorAll("input")].map((input) => input.value).join(" ")}`,
    );
  }

  test.each(["/strategies", "/data"])("S52 is text in the list %s, each of thirty", async (path) => {
    const shown = await visit(path);
    expect(PAYLOADS).toHaveLength(30);
    expect(PAYLOADS.filter((name) => !shown.includes(name))).toEqual([]);
  });

  test.each(["/backtests", "/audit", "/settings", "/backtests/new"])("S52 is text on the page %s", async (path) => {
    expect(await visit(path)).toContain("__xss=1");
  });

  test("S52 is text on the page of a strategy and in its editor, with thirty more in its rules", async () => {
    expect(await visit(`/strategies/${ids.strategies[1]}`)).toContain(PAYLOADS[1]);
    await expect.poll(() => stage.page.locator(".cm-content").textContent()).toContain(PAYLOADS[2]);
  });

  test("S52 is text on the page of a dataset", async () => {
    expect(await visit(`/data/${ids.datasets[24]}`)).toContain(PAYLOADS[24]);
  });

  test("S52 is text in a report and where reports are compared", async () => {
    await expect.poll(() => statuses(stage.page, ids.backtests)).toEqual(["done", "done", "done"]);
    expect(await visit(`/backtests/${ids.backtests[0]}`)).toContain(PAYLOADS[0]);
    expect(await visit(`/compare?ids=${ids.backtests.join(",")}`)).toContain(PAYLOADS[0]);
  });

  test("S52 is text in the address, in a search and in a form that is typed into", async () => {
    await visit(`/backtests?q=${encodeURIComponent(PAYLOADS.join(" ").slice(0, 1_500))}`);
    await visit(`/${encodeURIComponent(PAYLOADS[1])}?next=${encodeURIComponent(PAYLOADS[28])}#${PAYLOADS[2]}`);
    const { page } = stage;
    await page.goto("/strategies/new");
    await settled(page);
    await page.getByRole("textbox", { name: "Rules" }).click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(PAYLOADS.join("\n"));
    await page.locator(".cm-lintRange-error").first().waitFor();
    expect(await page.evaluate(() => "__xss" in window)).toBe(false);
  });
});

import { expect, it } from "vitest";
import { firstLoadFiles } from "./first-load.ts";

it("counts scripts, preloaded modules and styles, and nothing that only may load", () => {
  const html = `
    <link rel="icon" href="/favicon.svg" />
    <script src="/theme.js"></script>
    <script type="module" crossorigin src="/assets/index-a.js"></script>
    <link rel="modulepreload" crossorigin href="/assets/link-b.js">
    <link rel="prefetch" href="/assets/later-c.js">
    <link rel="stylesheet" crossorigin href="/assets/index-d.css">`;
  expect(firstLoadFiles(html)).toEqual(["/theme.js", "/assets/index-a.js", "/assets/link-b.js", "/assets/index-d.css"]);
});

import { type ProjectFiles, promiseFinding } from "./security-standard.ts";

export const ITEMS_DOCUMENT = "docs/security.md";
const ITEMS = 70;
const ROW = /^\| (S\d\d) \|[^|]+\|([^|]*)\|$/gm;
const LINK = /\[[^\]]*\]\(\.\.\/([^)\s]+)\)/g;
const NOT_YET = /^Not yet: .{10,}\.$/;

/**
 * What is wrong with the table of the design's items: each of S01 to S70 once, with tests whose titles carry its id, or with
 * why it is not there yet, as long as no test carries it. `tests` are the paths of all tests.
 */
export function itemFindings(document: string, files: ProjectFiles, tests: readonly string[]): string[] {
  const proven = new Set(
    tests.flatMap((path) => files.titles(path).flatMap((title) => title.match(/\bS\d\d\b/g) ?? [])),
  );
  const findings: string[] = [];
  const seen = new Set<string>();
  for (const [, id, cell] of document.matchAll(ROW)) {
    const where = cell.trim();
    if (seen.has(id)) findings.push(`${id} stands there twice`);
    seen.add(id);
    const paths = [...where.matchAll(LINK)].map((link) => link[1]);
    findings.push(...paths.map((path) => promiseFinding(files, path, id)).filter((finding) => finding !== undefined));
    if (paths.length > 0) continue;
    if (!NOT_YET.test(where)) findings.push(`${id} must name a test, or say "Not yet: " and why, was "${where}"`);
    else if (proven.has(id)) findings.push(`${id} has a test by now, which its row must name`);
  }
  for (const id of ids()) if (!seen.has(id)) findings.push(`${id} is missing`);
  return findings.map((finding) => `${ITEMS_DOCUMENT}: ${finding}`);
}

function ids(): string[] {
  return Array.from({ length: ITEMS }, (_, index) => `S${String(index + 1).padStart(2, "0")}`);
}

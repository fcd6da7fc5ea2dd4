import { existsSync, readFileSync } from "node:fs";
import { parseCsv } from "./comma-separated.ts";
import { testTitles } from "./test-titles.ts";

export const STANDARD_TABLE = "docs/asvs.csv";
const COLUMNS = "id,level,topic,status,evidence";

/**
 * The levels of the requirements of OWASP ASVS 5.0.0, a digit each, by section. Levels 1 and 2 must be in the table; level 3
 * is for those whose failure costs lives.
 */
const LEVELS: Readonly<Record<string, string>> = {
  "V1.1": "22",
  "V1.2": "1111122223",
  "V1.3": "112222222223",
  "V1.4": "222",
  "V1.5": "123",
  "V2.1": "122",
  "V2.2": "112",
  "V2.3": "12223",
  "V2.4": "23",
  "V3.1": "3",
  "V3.2": "113",
  "V3.3": "12223",
  "V3.4": "11222233",
  "V3.5": "11122333",
  "V3.6": "3",
  "V3.7": "22333",
  "V4.1": "12233",
  "V4.2": "23333",
  "V4.3": "22",
  "V4.4": "1222",
  "V5.1": "2",
  "V5.2": "112333",
  "V5.3": "113",
  "V5.4": "222",
  "V6.1": "122",
  "V6.2": "111111112222",
  "V6.3": "11223333",
  "V6.4": "112233",
  "V6.5": "22222333",
  "V6.6": "2223",
  "V6.7": "33",
  "V6.8": "2222",
  "V7.1": "222",
  "V7.2": "1111",
  "V7.3": "22",
  "V7.4": "11222",
  "V7.5": "223",
  "V7.6": "22",
  "V8.1": "1233",
  "V8.2": "1123",
  "V8.3": "133",
  "V8.4": "23",
  "V9.1": "111",
  "V9.2": "1222",
  "V10.1": "22",
  "V10.2": "223",
  "V10.3": "22223",
  "V10.4": "1111122222233333",
  "V10.5": "22222",
  "V10.6": "22",
  "V10.7": "222",
  "V11.1": "2233",
  "V11.2": "22233",
  "V11.3": "11233",
  "V11.4": "1222",
  "V11.5": "23",
  "V11.6": "23",
  "V11.7": "33",
  "V12.1": "12233",
  "V12.2": "11",
  "V12.3": "22223",
  "V13.1": "2333",
  "V13.2": "222223",
  "V13.3": "2233",
  "V13.4": "1222233",
  "V14.1": "22",
  "V14.2": "12223333",
  "V14.3": "122",
  "V15.1": "12233",
  "V15.2": "12233",
  "V15.3": "1222222",
  "V15.4": "3333",
  "V16.1": "2",
  "V16.2": "22222",
  "V16.3": "2222",
  "V16.4": "222",
  "V16.5": "2223",
  "V17.1": "23",
  "V17.2": "22223333",
  "V17.3": "22",
};

/** The requirements of levels 1 and 2: 70 and 183. */
export const REQUIRED: ReadonlyMap<string, string> = new Map(
  Object.entries(LEVELS).flatMap(([section, levels]) =>
    [...levels].map((level, index) => [`${section}.${index + 1}`, level] as const).filter(([, level]) => level !== "3"),
  ),
);

/** How a file of the project is looked at: whether it is there, and what its tests promise. */
export interface ProjectFiles {
  has(path: string): boolean;
  titles(path: string): readonly string[];
}

export function projectFiles(root: URL): ProjectFiles {
  const read = new Map<string, readonly string[]>();
  return {
    has: (path) => existsSync(new URL(path, root)),
    titles(path) {
      const known = read.get(path) ?? testTitles(readFileSync(new URL(path, root), "utf8"));
      read.set(path, known);
      return known;
    },
  };
}

/** What is wrong with the table of the standard: rows that lack something, and evidence that is not there. */
export function standardFindings(text: string, files: ProjectFiles): string[] {
  const [header = [], ...rows] = parseCsv(text);
  const findings = header.join(",") === COLUMNS ? [] : [`the columns must be ${COLUMNS}, were ${header.join(",")}`];
  const seen = new Set<string>();
  for (const row of rows) {
    const [id = ""] = row;
    if (seen.has(id)) findings.push(`${id}: stands there twice`);
    seen.add(id);
    findings.push(...rowFindings(row, files).map((finding) => `${id || "a row without an id"}: ${finding}`));
  }
  for (const id of REQUIRED.keys()) if (!seen.has(id)) findings.push(`${id}: is missing`);
  return findings.map((finding) => `${STANDARD_TABLE}: ${finding}`);
}

function rowFindings(row: readonly string[], files: ProjectFiles): string[] {
  const [id = "", level = "", , status = "", evidence = ""] = row;
  if (row.length !== 5 || row.some((cell) => cell.trim() === "")) return ["must have five cells, none of them empty"];
  const required = REQUIRED.get(id);
  if (required === undefined) return ["is no requirement of level 1 or 2"];
  if (level !== required) return [`is of level ${required}, was ${level}`];
  switch (status) {
    case "test":
      return evidenceFindings(evidence, (path, words) => promiseFinding(files, path, words));
    case "setting":
      return evidenceFindings(evidence, (path) => (files.has(path) ? undefined : `${path} does not exist`));
    case "reason":
      return /^[A-Z].{15,}\.$/.test(evidence) ? [] : ["a reason must be a sentence"];
    default:
      return [`the status must be test, setting or reason, was ${status}`];
  }
}

function evidenceFindings(evidence: string, check: (path: string, words: string) => string | undefined): string[] {
  const match = /^([\w./-]+): (.+)$/.exec(evidence);
  if (match === null) return ["the evidence must be a file, a colon and what is in it"];
  const finding = check(match[1], match[2]);
  return finding === undefined ? [] : [finding];
}

/** Whether a test of a file promises something, by the id or by words of its title; undefined where it does. */
export function promiseFinding(files: ProjectFiles, path: string, words: string): string | undefined {
  if (!/\.test\.tsx?$/.test(path)) return `${path} is not a test`;
  if (!files.has(path)) return `${path} does not exist`;
  const found = files.titles(path).some((title) => title.includes(words));
  return found ? undefined : `${path} has no test whose title says "${words}"`;
}

import { importsOf, lineOf, resolveImport, type SourceFile } from "./source-file.ts";

/** One broken rule, as `path:line: what is wrong`. */
export type Finding = string;

/** Longest file: beyond it a file does two things. A reason in a comment that begins `Long because` lifts it. */
const FILE_LINES_MAX = 300;
const REASON = /(?:\/\/|\*) Long because /;

/** What core may not reach for: clocks, chance, network, platform. They are handed in instead. */
const CORE_BANNED =
  /\b(?:Date\b(?!Style)|Math\.random|crypto\.|fetch\(|setTimeout|setInterval|queueMicrotask|process\.|console\.|performance\.|globalThis|navigator\.|require\(|eval\(|new Function)/g;

/** Names that say nothing of what a file holds. */
const EMPTY_NAMES = /(?:^|\/)(?:utils?|helpers?|common|misc|shared)(?:\/|\.)/;

const CODE_RULES: readonly {
  readonly pattern: RegExp;
  readonly rule: string;
  readonly tests: "also" | "only" | "never";
}[] = [
  { pattern: /\bvi\.(?:mock|doMock)\(/g, rule: "collaborators are handed in, modules are not mocked", tests: "only" },
  { pattern: /\b(?:it|test|describe)\.only\(/g, rule: "a test left alone hides the others", tests: "only" },
  {
    pattern: /\b(?:prepare|exec)(?:<[^>]*>)?\(\s*`[^`]*\$\{|\bsql\.raw\(/g,
    rule: "values are bound to a statement, never written into its text",
    tests: "never",
  },
  { pattern: /@ts-(?:ignore|nocheck|expect-error)\b/g, rule: "types are mended, not silenced", tests: "also" },
];

/** What protects people, where programs decide about them; a comment that begins `Compared openly because` lifts one. */
const SAFETY_RULES: readonly { readonly pattern: RegExp; readonly rule: string }[] = [
  {
    pattern:
      /(?:\b|\.)\w*(?:token|signature|hmac|secret|digest)\s*[!=]==\s*[\w.]+|[!=]==\s*(?:[\w]+\.)*\w*(?:token|signature|hmac|secret|digest)\b(?![.(])/gi,
    rule: "secrets are compared in constant time",
  },
  { pattern: /\bMath\.random\b/g, rule: "chance comes from the platform's generator, or is handed in" },
  { pattern: /\beval\(|\bnew Function\b|\bimport\((?!\s)/g, rule: "text is never run as code" },
  { pattern: /\bDB\.prepare\(/g, rule: "queries go through the data layer" },
];
const SAFETY_FOLDERS = /^(?:workers|schema|cli|sidecar)\//;

/** Marks of unfinished work and of places that exist on one machine only; written apart so that this file passes. */
const WORDS = new RegExp(
  ["TO" + "DO\\b", "FIX" + "ME\\b", "/work" + "/(?:main|shared)", "registry\\.npm" + "js"].join("|"),
  "g",
);

export function checkFile(file: SourceFile): Finding[] {
  const findings = [...sizeFindings(file), ...wordFindings(file), ...layerFindings(file), ...safetyFindings(file)];
  if (EMPTY_NAMES.test(file.path)) findings.push(`${file.path}:1: a file is named after what it holds`);
  const test = isTest(file.path);
  for (const { pattern, rule, tests } of CODE_RULES) {
    if ((tests === "only" && !test) || (tests === "never" && test)) continue;
    const text = rule.startsWith("types") ? file.text : file.code;
    for (const match of text.matchAll(pattern)) findings.push(`${file.path}:${lineOf(text, match.index)}: ${rule}`);
  }
  return findings;
}

function sizeFindings(file: SourceFile): Finding[] {
  const lines = file.text.split("\n").length - 1;
  if (lines <= FILE_LINES_MAX || isTest(file.path) || REASON.test(file.text)) return [];
  return [`${file.path}:${FILE_LINES_MAX}: a file has at most ${FILE_LINES_MAX} lines, had ${lines}`];
}

function wordFindings(file: SourceFile): Finding[] {
  return [...file.text.matchAll(WORDS)].map(
    (match) => `${file.path}:${lineOf(file.text, match.index)}: "${match[0]}" does not belong in the project`,
  );
}

function safetyFindings(file: SourceFile): Finding[] {
  if (isTest(file.path) || !SAFETY_FOLDERS.test(file.path)) return [];
  return SAFETY_RULES.flatMap(({ pattern, rule }) =>
    [...file.code.matchAll(pattern)]
      .filter((match) => !isNothing(match[0]) && !isReasoned(file, match.index))
      .map((match) => `${file.path}:${lineOf(file.code, match.index)}: ${rule}, was ${match[0].trim()}`),
  );
}

/** Whether something is there at all tells nothing of what it is. */
function isNothing(comparison: string): boolean {
  return /[!=]==\s*(?:undefined|null)$/.test(comparison);
}

function isReasoned(file: SourceFile, index: number): boolean {
  const before = file.text.slice(0, index).split("\n").slice(-3);
  return before.some((line) => /\/\/ Compared openly because |\/\/ Asked directly because /.test(line));
}

function layerFindings(file: SourceFile): Finding[] {
  if (isTest(file.path)) return [];
  const findings: Finding[] = [];
  const core = file.path.startsWith("workers/core/");
  for (const { specifier, typeOnly, line } of importsOf(file)) {
    const rule = brokenLayer(file, specifier, typeOnly);
    if (rule !== undefined) findings.push(`${file.path}:${line}: ${rule}, imports ${specifier}`);
  }
  if (core) {
    for (const match of file.code.matchAll(CORE_BANNED)) {
      findings.push(`${file.path}:${lineOf(file.code, match.index)}: core has no clock, chance, network or platform`);
    }
  }
  return findings;
}

function brokenLayer(file: SourceFile, specifier: string, typeOnly: boolean): string | undefined {
  const relative = specifier.startsWith(".");
  const target = relative ? resolveImport(file, specifier) : specifier;
  const from = (folder: string) => file.path.startsWith(folder);
  if (relative && /\/[^/.]+$/.test(target)) return "relative imports carry their ending";
  if (from("workers/core/") && !(relative && target.startsWith("workers/core/"))) return "core imports only core";
  if (from("schema/") && relative && !/^(?:schema|workers\/core)\//.test(target)) return "schema imports only core";
  if (from("web/") && relative && !target.startsWith("web/") && !target.startsWith("schema/wire/")) {
    const apiType = typeOnly && target.startsWith("workers/api/");
    if (!apiType) return "web sees the wire schemas and the API's type only";
  }
  if (from("workers/") && /^(?:web|cli|ops|e2e|bench)\//.test(target) && relative)
    return "the Worker stands on its own";
  return undefined;
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.includes("/testing/") || path.startsWith("e2e/");
}

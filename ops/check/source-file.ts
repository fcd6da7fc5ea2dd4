import { readFileSync } from "node:fs";

/** A source file as the rules look at it. */
export interface SourceFile {
  /** Path from the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the contents of strings blanked, line breaks kept. */
  readonly code: string;
}

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

export function readSource(root: URL, path: string): SourceFile {
  const text = readFileSync(new URL(path, root), "utf8");
  return { path, text, code: blanked(text) };
}

/** The static imports and re-exports of a file, and dynamic imports of a plain string. */
export function importsOf(file: SourceFile): Import[] {
  const statements = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"\n]+)"/g;
  const dynamic = /\bimport\(\s*"([^"\n]+)"\s*\)/g;
  const found: Import[] = [];
  for (const match of file.text.matchAll(statements)) {
    found.push({ specifier: match[3], typeOnly: match[2] !== undefined, line: lineOf(file.text, match.index) });
  }
  for (const match of file.text.matchAll(dynamic)) {
    found.push({ specifier: match[1], typeOnly: false, line: lineOf(file.text, match.index) });
  }
  return found;
}

/** Path of a relative import from the root of the project. */
export function resolveImport(file: SourceFile, specifier: string): string {
  return new URL(specifier, `file:///${file.path}`).pathname.slice(1);
}

export function lineOf(text: string, index: number): number {
  return text
    .slice(0, index + 1)
    .trimEnd()
    .split("\n").length;
}

/** Blanks comments and the contents of plain strings; template literals stay, since they hold code. */
function blanked(text: string): string {
  const pattern = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
  return text.replace(pattern, (match) => match.replace(/[^\n]/g, " "));
}

import { parseAst } from "vite";
import type { SourceFile } from "./source-file.ts";

export interface RegularExpression {
  readonly path: string;
  readonly pattern: string;
  readonly flags: string;
}

/** Every literal of a regular expression in a TypeScript file, found by its syntax tree. */
export function regularExpressionsOf({ path, text }: Pick<SourceFile, "path" | "text">): RegularExpression[] {
  const found: RegularExpression[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const entry of node) walk(entry);
    else if (typeof node === "object" && node !== null) {
      if ("regex" in node && isRegex(node.regex)) found.push({ path, ...node.regex });
      for (const value of Object.values(node)) walk(value);
    }
  };
  walk(parseAst(text, { lang: path.endsWith(".tsx") ? "tsx" : "ts" }, path));
  return found;
}

function isRegex(value: unknown): value is { pattern: string; flags: string } {
  return typeof value === "object" && value !== null && "pattern" in value && "flags" in value;
}

import { existsSync, readFileSync } from "node:fs";

/** Links of a Markdown file to files of the project that do not exist, as `path: what is wrong`. */
export function brokenLinks(root: URL, path: string): string[] {
  const text = readFileSync(new URL(path, root), "utf8");
  return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
    .map((match) => match[1])
    .filter((target) => !existsSync(new URL(target, new URL(path, root))))
    .map((target) => `${path}: links to ${target}, which does not exist`);
}

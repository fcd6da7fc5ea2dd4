import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { classesOf } from "../deploy/class-changes.ts";

const CLASSES = [...classesOf(readFileSync("wrangler.toml", "utf8")).keys()];

it.each(["workers/index.ts", "workers/local.ts", "workers/drill.ts", "workers/restore.ts"])(
  "%s exports every class of objects, without which the runtime does not take it",
  (path) => {
    const text = readFileSync(path, "utf8");
    const exported = [...text.matchAll(/^export (?:class (\w+)|\{ (\w+) \} from)/gm)].map(
      ([, made, passed]) => made ?? passed,
    );
    expect(CLASSES.length).toBeGreaterThan(10);
    expect(CLASSES.filter((name) => !exported.includes(name))).toEqual([]);
  },
);

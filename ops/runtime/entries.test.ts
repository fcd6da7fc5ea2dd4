import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { classesOf } from "../deploy/class-changes.ts";
import { keptAwake } from "./bundle-worker.ts";

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

it("keeps bots awake, and no object of which there is one for each run or each address", () => {
  const { durableObjects } = workerOptionsOf("wrangler.toml").workerOptions;
  const kept = Object.entries(keptAwake(durableObjects as Record<string, object>));
  const awake = kept.filter(([, object]) => "unsafePreventEviction" in object).map(([name]) => name);
  expect(awake).toEqual(["BOT"]);
  expect(kept.length).toBe(CLASSES.length);
  expect(() => keptAwake({ RUN: {} })).toThrow("missing: BOT");
});

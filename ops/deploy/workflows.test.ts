import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const FOLDER = ".github/workflows";
const files = readdirSync(FOLDER).map((name): [string, string] => [name, readFileSync(`${FOLDER}/${name}`, "utf8")]);

describe("the workflows", () => {
  it("are those that check, deploy, roll back and look each night", () => {
    expect(files.map(([name]) => name).sort()).toEqual(["ci.yml", "deploy.yml", "nightly.yml", "rollback.yml"]);
  });

  it.each(files)("%s uses actions by their commit alone, with the version beside it", (_name, text) => {
    const uses = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it.each(files)(
    "%s may read and write nothing but what it says, and keeps no token in the checkout",
    (_name, text) => {
      expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
      expect(text).not.toMatch(/: write$|permissions: write-all/m);
      const checkouts = text.match(/actions\/checkout@/g) ?? [];
      expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts.length);
      expect(text).toMatch(/^concurrency:$/m);
      expect(text.match(/timeout-minutes: \d+/g)).toHaveLength(text.match(/runs-on: /g)?.length ?? 0);
    },
  );

  it.each(files)("%s puts nothing that people type into a shell's text", (_name, text) => {
    for (const [line] of text.matchAll(/run: .*$/gm)) expect(line).not.toContain("${{");
  });

  it("give secrets only to the step that needs them, and only behind an environment's approval", () => {
    const withSecrets = files.filter(([, text]) => text.includes("secrets."));
    expect(withSecrets.map(([name]) => name).sort()).toEqual(["deploy.yml", "rollback.yml"]);
    for (const [name, text] of withSecrets) {
      expect(text).toMatch(/^ {4}environment: \$\{\{ inputs\.environment \}\}$/m);
      const steps = text.split(/^ {6}- /m).filter((step) => step.includes("secrets."));
      // A deployment's second one ends what the first left half.
      expect(steps).toHaveLength(name === "deploy.yml" ? 2 : 1);
      for (const step of steps) expect(step).toMatch(/ops\/deploy\/(?:rollback-)?main\.ts --env|npm run rollback/);
      expect(text.split(/^ {4}steps:/m)[0]).not.toContain("secrets.");
    }
  });

  it("end a deployment that is broken off: the signal reaches it, and a step behind it takes a half split back", () => {
    const deploy = files.find(([name]) => name === "deploy.yml")?.[1] ?? "";
    expect(deploy).toContain("run: exec node ops/deploy/main.ts");
    expect(deploy).toMatch(
      /- if: \(cancelled\(\) \|\| failure\(\)\).*\n {8}run: exec node .*rollback-main.ts .* --if-split/,
    );
    expect(Number(/timeout-minutes: (\d+)/.exec(deploy)?.[1])).toBeGreaterThanOrEqual(150);
  });

  it("do not make a rollback wait for a deployment, nor for what would stop one", () => {
    const rollback = files.find(([name]) => name === "rollback.yml")?.[1] ?? "";
    expect(rollback).toContain("group: rollback-");
    expect(rollback).not.toMatch(/npm (?:test|audit|run (?:check|build|rehearse))|\.ci\/run/);
  });
});

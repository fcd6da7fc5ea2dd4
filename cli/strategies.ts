import { readFileSync } from "node:fs";
import { findStrategy, STRATEGIES } from "../workers/core/strategy/registry.ts";
import { checkRules, compileRules } from "../workers/core/strategy/rule/rules.ts";
import type { Strategy } from "../workers/core/strategy/strategy.ts";
import { CommandError } from "./command-error.ts";
import { readOptions } from "./options.ts";

/** A strategy with the text that its receipt is made of: rules, or the id where it is code. */
export interface ChosenStrategy {
  readonly strategy: Strategy;
  readonly source: string;
}

/** Prints the library: ids, what they do, and their parameters with defaults and ranges. */
export function listStrategies(argv: readonly string[]): void {
  const { values } = readOptions(
    argv,
    { json: { type: "boolean" } },
    { count: 0, usage: "apextrade strategies [--json]" },
  );
  if (values.json === true) {
    const rows = STRATEGIES.map(({ strategy, document }) => {
      const { id, title, summary, parameters } = strategy;
      return { id, title, summary, parameters, document };
    });
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  for (const { strategy } of STRATEGIES) {
    process.stdout.write(`${strategy.id}\n  ${strategy.summary}\n`);
    for (const { name, title, default: value, min, max } of strategy.parameters) {
      process.stdout.write(`    ${`${name}=${value}`.padEnd(18)} ${title}, ${min} to ${max}\n`);
    }
  }
}

/** The strategy of `--strategy` or `--rules`. Throws CommandError where there is none or its rules are wrong. */
export function chooseStrategy(id: string | undefined, rulesPath: string | undefined): ChosenStrategy {
  if ((id === undefined) === (rulesPath === undefined)) {
    throw new CommandError("strategy must be named once: --strategy ID for one of the library, or --rules FILE");
  }
  return id === undefined ? fromRules(rulesPath ?? "") : fromLibrary(id);
}

function fromLibrary(id: string): ChosenStrategy {
  const entry = STRATEGIES.find(({ strategy }) => strategy.id === id);
  const strategy = findStrategy(id);
  if (entry === undefined || strategy === undefined) {
    const known = STRATEGIES.map((row) => row.strategy.id).join(", ");
    throw new CommandError(`--strategy must be one of ${known}, was ${id}`);
  }
  return { strategy, source: entry.document ?? id };
}

function fromRules(path: string): ChosenStrategy {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "must exist" : "must be readable";
    throw new CommandError(`--rules ${reason}, was ${path}`);
  }
  const broken = checkRules(text).diagnostics.find((diagnostic) => diagnostic.severity === "error");
  if (broken !== undefined) {
    const hint = broken.suggestion === null ? "" : ` (${broken.suggestion}?)`;
    throw new CommandError(`${path}:${broken.line}:${broken.column}: ${broken.message}${hint}`);
  }
  return { strategy: compileRules(text, { id: "rules", title: path }), source: text };
}

#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { ImportError } from "../workers/feed/import/import-error.ts";
import { CommandError } from "./command-error.ts";
import { HELP } from "./help.ts";

// Most of a short command's time is loading: what it needs is loaded once it is known, compiled as the last time.
enableCompileCache();

const [command, ...rest] = process.argv.slice(2);
// A reader that leaves early, such as `head`, is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await run(command, rest);
} catch (error) {
  const expected = error instanceof CommandError || error instanceof ImportError || error instanceof RangeError;
  process.exitCode = expected ? 2 : 1;
  const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`apextrade: ${expected ? onOneLine(text) : text}\n`);
}

function onOneLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").join("; ");
}

async function run(name: string | undefined, argv: readonly string[]): Promise<void> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    process.stdout.write(HELP);
    return;
  }
  if (argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(HELP);
    return;
  }
  if (name === "backtest") return (await import("./backtest.ts")).backtest(argv);
  if (name === "strategies") return (await import("./strategies.ts")).listStrategies(argv);
  const [verb, ...rest] = argv;
  if (name === "data" && verb === "check") return (await import("./data.ts")).checkData(rest);
  if (name === "data" && verb === "convert") return (await import("./data.ts")).convertData(rest);
  if (name === "audit" && verb === "verify") return (await import("./audit.ts")).verifyAuditFile(rest);
  const given = name === "data" || name === "audit" ? `${name} ${verb ?? ""}`.trim() : name;
  throw new CommandError(
    `command must be one of backtest, strategies, data check, data convert, audit verify, was ${given}; see apextrade --help`,
  );
}

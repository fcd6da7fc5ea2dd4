#!/usr/bin/env node
import { ImportError } from "../workers/feed/import/import-error.ts";
import { verifyAuditFile } from "./audit.ts";
import { backtest } from "./backtest.ts";
import { CommandError } from "./command-error.ts";
import { checkData, convertData } from "./data.ts";
import { HELP } from "./help.ts";
import { listStrategies } from "./strategies.ts";

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
  if (name === "backtest") return backtest(argv);
  if (name === "strategies") return listStrategies(argv);
  if (name === "data" && argv[0] === "check") return checkData(argv.slice(1));
  if (name === "data" && argv[0] === "convert") return convertData(argv.slice(1));
  if (name === "audit" && argv[0] === "verify") return verifyAuditFile(argv.slice(1));
  const given = name === "data" || name === "audit" ? `${name} ${argv[0] ?? ""}`.trim() : name;
  throw new CommandError(
    `command must be one of backtest, strategies, data check, data convert, audit verify, was ${given}; see apextrade --help`,
  );
}

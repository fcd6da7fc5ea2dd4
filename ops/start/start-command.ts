import { runLocalServer } from "./run-local-server.ts";
import { readStartOptions, START_HELP, type StartOptions } from "./start-options.ts";

/** Runs the local server with the options of the command line until it ends. Answers the exit code. */
export async function startCommand(mode: StartOptions["mode"]): Promise<number> {
  const options = readStartOptions(process.argv.slice(2), mode);
  if (options === "help") {
    console.log(START_HELP);
    return 0;
  }
  if ("wrong" in options) {
    console.error(options.wrong);
    return 2;
  }
  return runLocalServer(options);
}

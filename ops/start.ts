import { runLocalServer } from "./start/run-local-server.ts";
import { readStartOptions } from "./start/start-options.ts";

const options = readStartOptions(process.argv.slice(2), "start");
if (typeof options === "string") {
  console.error(options);
  process.exit(2);
}
process.exit(await runLocalServer(options));

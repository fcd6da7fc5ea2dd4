import { spawnSync } from "node:child_process";
import { buildWeb } from "./start/build-web.ts";

/** Builds the page, unless it is built from these sources already: `npm start` goes by the same mark. */
const outcome = await buildWeb(async () => {
  const { status } = spawnSync("npx", ["vite", "build"], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
});
if (outcome === "unchanged") console.log("web/dist is built from these sources already");

import { readFileSync, writeFileSync } from "node:fs";
import { withEnvironments } from "./environments.ts";

/** `npm run environments`: writes the environments of wrangler.toml anew from its root. */
writeFileSync("wrangler.toml", withEnvironments(readFileSync("wrangler.toml", "utf8")));

import type { D1Migration } from "cloudflare:test";
import type { Env } from "../platform/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends TestEnv {}
  }
}

/** The bindings as tests see them, with the migrations that their database is made by. */
interface TestEnv extends Env {
  readonly TEST_MIGRATIONS: D1Migration[];
  /** How many requests the fuzz of the API sends. */
  readonly FUZZ_REQUESTS: string;
}

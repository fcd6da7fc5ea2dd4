import worker from "./index.ts";
import type { Env } from "./platform/env.ts";

export * from "./index.ts";

/** What is wrong with this version; `none` for a good one. */
type Fault = "none" | "failing" | "slow" | "unready" | "missing";

/** One request in so many is hit. */
const ONE_IN = 4;
const SLOW_MS = 2_500;

let requests = 0;

/**
 * The Worker with a fault of the kind that a bad change brings, for the rehearsal of deployments: everything but the fault
 * is what production runs. The variable FAULT says which.
 */
export default {
  ...worker,
  fetch(request, env, ctx) {
    const { FAULT = "none" } = env as Env & { readonly FAULT?: Fault };
    return worker.fetch?.(request, withFault(env, FAULT), ctx) ?? new Response(null, { status: 500 });
  },
} satisfies ExportedHandler<Env>;

function withFault(env: Env, fault: Fault): Env {
  switch (fault) {
    case "none":
      return env;
    case "failing":
      return { ...env, ASSETS: pages(env, () => Promise.reject(new Error("a rehearsed fault"))) };
    case "slow":
      return { ...env, ASSETS: pages(env, () => scheduler.wait(SLOW_MS)) };
    case "missing":
      return {
        ...env,
        ASSETS: { fetch: async () => new Response("not found", { status: 404 }) } as unknown as Fetcher,
      };
    case "unready":
      return { ...env, DB: { ...env.DB, prepare: () => unready() } as unknown as D1Database };
  }
}

/** The pages, after `before` where a request is hit. */
function pages(env: Env, before: () => Promise<unknown>): Fetcher {
  const fetch: Fetcher["fetch"] = async (input, init) => {
    if (requests++ % ONE_IN === 0) await before();
    return env.ASSETS.fetch(input, init);
  };
  return { fetch } as Fetcher;
}

function unready(): never {
  throw new Error("a rehearsed fault of the database");
}

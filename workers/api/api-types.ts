import type { Context } from "hono";
import type { Principal } from "../auth/access-token.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import type { ServiceContext } from "../services/service-context.ts";
import type { StrategyCatalogue } from "../services/strategy-catalogue.ts";

/** What the routes are built with. Tests hand in a clock of their own. */
export interface ApiDependencies {
  readonly now: Clock;
  readonly strategies: StrategyCatalogue;
}

export interface ApiEnv {
  readonly Bindings: Env;
  readonly Variables: {
    requestId: string;
    now: Clock;
    strategies: StrategyCatalogue;
    /** Set behind `requireUser` only. */
    principal: Principal;
    /** Set behind `requireUser` only. */
    service: ServiceContext;
  };
}

export type ApiContext = Context<ApiEnv>;

import type { Context, Hono } from "hono";
import type { Principal } from "../auth/principal.ts";
import type { Budgets } from "../auth/request-budgets.ts";
import type { MailSender } from "../mail/mail-sender.ts";
import type { NoticeWays } from "../notify/notice-ways.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import type { ServiceContext } from "../services/service-context.ts";
import type { StrategyCatalogue } from "../services/strategy-catalogue.ts";
import type { Spent } from "./request-limits.ts";

/** What the routes are built with. Tests hand in a clock of their own. */
export interface ApiDependencies {
  readonly now: Clock;
  readonly strategies: StrategyCatalogue;
  readonly mail: (env: Env) => MailSender;
  /** What notices leave by; the internet where absent. */
  readonly ways?: (env: Env) => NoticeWays;
  /** What clients may ask for; the product's own where absent. */
  readonly budgets?: Budgets;
  /** What only a local server has, such as the mailbox; absent from what is deployed. */
  readonly local?: { readonly mailboxUrl: string; readonly routes: () => Hono<ApiEnv> };
}

export interface ApiEnv {
  readonly Bindings: Env;
  readonly Variables: {
    requestId: string;
    now: Clock;
    strategies: StrategyCatalogue;
    /** What the request spent of its limits so far. */
    spent: Spent[];
    /** Who asks, also where they are then refused; undefined where nobody is signed in. */
    callerId?: string;
    /** Set behind `authorize` only. */
    principal: Principal;
    /** Set behind `authorize` only. */
    service: ServiceContext;
  };
}

export type ApiContext = Context<ApiEnv>;

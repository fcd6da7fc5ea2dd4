import type { Session } from "../../schema/wire/session.ts";
import type { Env } from "../platform/env.ts";

export const DEMO_EMAIL = "demo@apextrade.local";
export const DEMO_NAME = "Demo trader";

/** The demo sign-in of a local server; null anywhere else. */
export function demoAccount(env: Env): Session["demo"] {
  if (env.DEMO !== "true" || env.DEMO_PASSWORD === undefined || env.DEMO_PASSWORD === "") return null;
  return { email: DEMO_EMAIL, password: env.DEMO_PASSWORD };
}

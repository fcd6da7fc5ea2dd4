import { createApp } from "./api/app.ts";
import { systemClock } from "./platform/clock.ts";
import type { Env } from "./platform/env.ts";

export { ThrottleObject } from "./auth/throttle-object.ts";
export { RunObject } from "./run/run-object.ts";

const app = createApp({ now: systemClock });

export default {
  fetch: app.fetch,
} satisfies ExportedHandler<Env>;

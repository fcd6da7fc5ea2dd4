import { desc, sql } from "drizzle-orm";
import { nightlyJobs } from "../../../schema/tables/privacy.ts";
import type { Dependency, DeploymentHealth } from "../../../schema/wire/admin.ts";
import { type Env, VERSION } from "../../platform/env.ts";
import { checkReadiness } from "../check-readiness.ts";
import type { ServiceContext } from "../service-context.ts";

/** An answer that comes later than this is as good as none, ms. */
const ASK_TIMEOUT_MS = 2_000;

/** Everything that the deployment needs, asked now, and what of it runs. */
export async function readHealth({
  ctx,
}: {
  ctx: Pick<ServiceContext, "env" | "database" | "now">;
}): Promise<DeploymentHealth> {
  const { env, database } = ctx;
  const [stores, sidecar, migration, nightly] = await Promise.all([
    checkReadiness(ctx),
    askSidecar(env, ctx.now),
    database.get<{ name: string } | undefined>(sql`select name from d1_migrations order by id desc limit 1`),
    database.select().from(nightlyJobs).orderBy(desc(nightlyJobs.doneAt)),
  ]);
  return {
    dependencies: [
      ...stores.map(({ name, ok, elapsedMs, error }) => ({
        ...{ name, state: ok ? ("working" as const) : ("failing" as const), elapsedMs, note: error ?? "" },
      })),
      sidecar,
      set(
        "letters",
        isSet(env.SENDGRID_API_KEY) || env.MAIL !== undefined || env.DEMO === "true",
        "none leave: no service is set",
      ),
      set("error reports", isSet(env.SENTRY_DSN), "they stay in the log"),
    ],
    version: VERSION,
    deployment: isSet(env.DEPLOYMENT) ? (env.DEPLOYMENT ?? "") : "unnamed",
    migration: migration?.name ?? "none",
    nightly,
  };
}

const isSet = (text: string | undefined) => text !== undefined && text !== "";

function set(name: string, isThere: boolean, otherwise: string): Dependency {
  return { name, state: isThere ? "working" : "unset", elapsedMs: 0, note: isThere ? "set" : otherwise };
}

async function askSidecar(env: Env, now: () => number): Promise<Dependency> {
  const name = "sidecar";
  const url = env.SIDECAR_URL;
  if (url === undefined || !isSet(url))
    return { name, state: "unset", elapsedMs: 0, note: "venues are asked in turns" };
  const began = now();
  try {
    const reply = await fetch(new URL("/health", url), {
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
      redirect: "manual",
    });
    await reply.body?.cancel();
    const state = reply.ok ? ("working" as const) : ("failing" as const);
    return { name, state, elapsedMs: now() - began, note: `it answers ${reply.status}` };
  } catch {
    return { name, state: "failing", elapsedMs: now() - began, note: "it does not answer" };
  }
}

import { DurableObject } from "cloudflare:workers";
import { measureAlarm } from "../metrics/alarm-lateness.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { TIME_IS_UP, within } from "../platform/within.ts";

/** Where the process in the container listens. */
const PORT = 8080;
/** How often it is looked whether the container is well, ms: the platform moves and ends containers as it likes. */
const WATCH_MS = 30_000;
/** One start takes up to three seconds; a container that does not answer by then is started anew, ms. */
const START_MS_MAX = 20_000;
const HEALTH_MS_MAX = 5_000;
const HEALTH_TRY_EVERY_MS = 250;
/** Looks in a row that a container may not answer before it is ended. */
const MISSES_MAX = 2;
/** Without any account for this long a container is let go, ms. */
const IDLE_MS_MAX = 15 * 60_000;

interface Watch {
  readonly misses: number;
  /** When somebody was held last, UTC ms. */
  readonly usedAt: number;
}

/**
 * One sidecar in production: starts its container, passes requests to it, and looks by an alarm whether it is well. It
 * keeps nothing of any account: accounts notice that a sidecar is gone and ask anew.
 */
export class SidecarObject extends DurableObject<Env> {
  private starting: Promise<void> | undefined;

  override async fetch(request: Request): Promise<Response> {
    const { container } = this.ctx;
    if (container === undefined) return new Response("no containers here: set SIDECAR_URL", { status: 503 });
    this.note({ misses: 0, usedAt: systemClock() });
    await this.ctx.storage.setAlarm(systemClock() + WATCH_MS);
    try {
      await this.start(container);
      return await container.getTcpPort(PORT).fetch(request);
    } catch (error) {
      logEvent("sidecar_unreachable", { id: this.ctx.id.name ?? "", error });
      return new Response("the sidecar cannot be reached", { status: 503 });
    }
  }

  /** Never throws, so that it rings again. */
  override async alarm(alarm?: AlarmInvocationInfo): Promise<void> {
    measureAlarm("sidecar", alarm, systemClock());
    const { container } = this.ctx;
    if (container === undefined) return;
    const now = systemClock();
    await this.ctx.storage.setAlarm(now + WATCH_MS);
    try {
      await this.watch(container, now);
    } catch (error) {
      logEvent("sidecar_watch_failed", { id: this.ctx.id.name ?? "", error });
    }
  }

  private async watch(container: Container, now: number): Promise<void> {
    const watch = this.ctx.storage.kv.get<Watch>("watch") ?? { misses: 0, usedAt: now };
    if (!container.running) {
      // Its accounts ask again and start it. With none there is nothing to watch.
      if (now - watch.usedAt > IDLE_MS_MAX) return this.ctx.storage.deleteAlarm();
      return this.start(container);
    }
    const health = await this.health(container);
    if (health === undefined) {
      if (watch.misses + 1 < MISSES_MAX) return this.note({ ...watch, misses: watch.misses + 1 });
      // It runs and does not answer: what it holds is lost either way, and accounts notice by its silence.
      await container.destroy("does not answer");
      this.note({ ...watch, misses: 0 });
      return this.start(container);
    }
    if (health.holds > 0) return this.note({ misses: 0, usedAt: now });
    this.note({ ...watch, misses: 0 });
    if (now - watch.usedAt > IDLE_MS_MAX) {
      container.signal(15);
      await this.ctx.storage.deleteAlarm();
    }
  }

  /** Starts the container unless it runs, and waits until it answers. Throws where it does not. */
  private start(container: Container): Promise<void> {
    if (container.running) return Promise.resolve();
    this.starting ??= this.startOnce(container).finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  private async startOnce(container: Container): Promise<void> {
    const { SIDECAR_SECRET: secret = "", SIDECAR_CALLBACKS: callbacks = "" } = this.env;
    container.start({
      enableInternet: true,
      // Handed over in memory when it starts: the image holds no secret.
      env: { SIDECAR_SECRET: secret, SIDECAR_CALLBACKS: callbacks, SIDECAR_PORT: String(PORT) },
    });
    const until = systemClock() + START_MS_MAX;
    while (systemClock() < until) {
      if ((await this.health(container)) !== undefined) return;
      await scheduler.wait(HEALTH_TRY_EVERY_MS);
    }
    throw new Error(`the sidecar must answer within ${START_MS_MAX} ms of its start`);
  }

  private async health(container: Container): Promise<{ holds: number } | undefined> {
    try {
      const reply = await within(container.getTcpPort(PORT).fetch("http://sidecar/health"), HEALTH_MS_MAX);
      if (reply === TIME_IS_UP) return undefined;
      const { holds } = (await reply.json()) as { holds?: unknown };
      return reply.ok && typeof holds === "number" ? { holds } : undefined;
    } catch {
      // Not listening yet, or not any more.
      return undefined;
    }
  }

  private note(watch: Watch): void {
    this.ctx.storage.kv.put("watch", watch);
  }
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { placeWeb } from "../ops/start/build-web.ts";
import { type Child, startChild } from "../ops/start/child-group.ts";
import { freePort } from "../ops/start/free-port.ts";
import { localEnvironment } from "../ops/start/local-environment.ts";
import { localSecrets } from "../ops/start/local-secrets.ts";

/** A start compiles the Worker; a machine that does other things too takes long. */
const READY_MS_MAX = 90_000;
const LINES_KEPT = 40;
const WRANGLER = ["node_modules/.bin/wrangler"];

/** The whole local runtime on a state directory of its own, which is killed and started again. */
export class Runtime {
  readonly state = mkdtempSync(join(tmpdir(), "apextrade-drill-"));
  readonly origin: string;
  private readonly port: number;
  private readonly brokerOrigin: string;
  private child: Child | undefined;
  private readonly events: string[] = [];

  private constructor(port: number, brokerOrigin: string) {
    this.port = port;
    this.origin = `http://127.0.0.1:${port}`;
    this.brokerOrigin = brokerOrigin;
  }

  /** Makes the database, and nothing runs yet. */
  static async make(brokerOrigin: string): Promise<Runtime> {
    const runtime = new Runtime(await freePort(), brokerOrigin);
    placeWeb();
    const migrate = [...WRANGLER, "d1", "migrations", "apply", "DB", "--local", "--persist-to", runtime.state];
    const child = startChild("The migration", migrate, { env: localEnvironment(), onLine: () => {} });
    if ((await child.ended) !== 0) throw new Error(`the migration failed:\n${child.tail()}`);
    return runtime;
  }

  /** Starts what was killed. Resolves once requests are answered. */
  async start(): Promise<void> {
    const { file } = localSecrets(this.state);
    const options = ["--local", "--port", String(this.port), "--ip", "127.0.0.1", "--env-file", file];
    options.push("--persist-to", this.state, "--inspector-port", String(await freePort()), "--log-level", "log");
    options.push("--show-interactive-dev-session=false", "--var", `DRILL_BROKER:${this.brokerOrigin}`);
    const child = startChild("The Worker", [...WRANGLER, "dev", "workers/drill.ts", ...options], {
      env: localEnvironment(),
      onLine: (line) => {
        // The market has no listener here: prices come with the orders.
        if (!/\{"event"|rror/.test(line) || /listener_(?:gone|dropped)/.test(line)) return;
        this.events.push(line);
        if (this.events.length > LINES_KEPT) this.events.shift();
      },
    });
    this.child = child;
    const deadline = Date.now() + READY_MS_MAX;
    for (;;) {
      const ready = await fetch(`${this.origin}/health/live`).then(
        (reply) => reply.ok,
        () => false,
      );
      if (ready) return;
      if (Date.now() > deadline || child.process.exitCode !== null) {
        throw new Error(`the Worker did not start:\n${child.tail()}`);
      }
      await wait(100);
    }
  }

  /** Ends every process of the runtime at once, without a word: what it had not written is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child?.process.pid === undefined) return;
    try {
      process.kill(-child.process.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await child.ended;
    this.child = undefined;
  }

  /** What the Worker logged last. */
  said(): readonly string[] {
    return this.events;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.state, { recursive: true, force: true });
  }
}

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Child, startChild } from "../start/child-group.ts";
import { freePort } from "../start/free-port.ts";
import { localEnvironment } from "../start/local-environment.ts";
import { localSecrets } from "../start/local-secrets.ts";
import { bundleWorker, SERVE_WORKER, serveLine, type WorkerBundle } from "./bundle-worker.ts";
import { type CollectedHeap, collectedHeap } from "./collected-heap.ts";

/** A machine that does other things too takes long. */
const READY_MS_MAX = 90_000;
/** What was killed is gone at once, but for what it was writing. */
const GONE_MS_MAX = 10_000;
const LINES_KEPT = 40;
const WRANGLER = "node_modules/.bin/wrangler";

interface RuntimeParts {
  readonly bundle: WorkerBundle;
  readonly state: string;
  readonly port: number;
  readonly inspectorPort: number | undefined;
}

/**
 * The whole local runtime on a state directory of its own, bundled once, which can be killed and started again in about a
 * second.
 */
export class LocalRuntime {
  readonly state: string;
  readonly origin: string;
  private readonly bundle: WorkerBundle;
  /** What the process that serves is told, secrets among it. */
  private readonly line: string;
  private readonly inspectorPort: number | undefined;
  private running: Child | undefined;
  /** The next process, loaded and waiting to be told to start. */
  private standby: Child | undefined;
  private readonly events: string[] = [];

  private constructor({ bundle, state, port, inspectorPort }: RuntimeParts) {
    this.inspectorPort = inspectorPort;
    this.bundle = bundle;
    this.state = state;
    this.origin = `http://127.0.0.1:${port}`;
    this.line = serveLine({ bundle, port, state, inspectorPort, values: { ...localSecrets(state).secrets } });
  }

  /** Bundles an entry such as `workers/drill.ts` and makes the database; nothing runs yet. A free port where none is named. */
  static async make({
    main,
    port,
    vars = {},
    state = mkdtempSync(join(tmpdir(), "apextrade-runtime-")),
    isInspected = false,
  }: {
    readonly main: string;
    readonly port?: number;
    readonly vars?: Readonly<Record<string, string>>;
    /** A state directory of the caller's, which may hold a state already. */
    readonly state?: string;
    /** Lets the heap be looked at, while one process runs at a time. */
    readonly isInspected?: boolean;
  }): Promise<LocalRuntime> {
    const bundle = await bundleWorker(main, vars);
    const migrate = [WRANGLER, "d1", "migrations", "apply", "DB", "--local", "--persist-to", state];
    const child = startChild("The migration", migrate, { env: localEnvironment(), onLine: () => {} });
    if ((await child.ended) !== 0) throw new Error(`the migration failed:\n${child.tail()}`);
    const inspectorPort = isInspected ? await freePort() : undefined;
    return new LocalRuntime({ bundle, state, port: port ?? (await freePort()), inspectorPort });
  }

  /** Starts what was killed. Resolves once requests are answered. */
  async start(): Promise<void> {
    const child = this.standby ?? this.load();
    this.standby = undefined;
    this.running = child;
    child.process.stdin?.write(this.line);
    await this.answers();
    this.standby = this.load();
  }

  /** Resolves once requests are answered. Throws where they are not in a minute and a half, or nothing was started. */
  async answers(): Promise<void> {
    const child = this.running;
    if (child === undefined) throw new Error("only a runtime that was started can answer");
    const deadline = Date.now() + READY_MS_MAX;
    while (!(await this.isAnswering())) {
      if (Date.now() > deadline || child.process.exitCode !== null) {
        throw new Error(`the Worker did not start:\n${child.tail()}`);
      }
      await wait(10);
    }
  }

  private async isAnswering(): Promise<boolean> {
    try {
      return (await fetch(`${this.origin}/health/live`)).ok;
    } catch {
      return false;
    }
  }

  private load(): Child {
    return startChild("The Worker", [process.execPath, SERVE_WORKER], {
      env: localEnvironment(),
      stdin: "pipe",
      onLine: (line) => {
        // The market may have no listener here: then prices come with the orders.
        if (!/\{"event"|rror/.test(line) || /listener_(?:gone|dropped)/.test(line)) return;
        this.events.push(line);
        if (this.events.length > LINES_KEPT) this.events.shift();
      },
    });
  }

  /** Ends every process of the runtime at once, without a word: what it had not written is gone. */
  async kill(): Promise<void> {
    await killGroup(this.running);
    this.running = undefined;
  }

  /**
   * Ends workerd at once, without a word. The Node that hosts it stays and starts it again by itself, sooner than both begin anew:
   * `answers` tells when. Throws where nothing runs or it does not end. Linux only.
   */
  async killWorkerd(): Promise<void> {
    const host = this.running?.process.pid;
    const killed = host === undefined ? [] : childrenOf(host);
    if (host === undefined || killed.length === 0) throw new Error("only a runtime that runs can be killed");
    for (const pid of killed) process.kill(pid, "SIGKILL");
    const deadline = Date.now() + GONE_MS_MAX;
    // What it may still answer is no sign of the next one.
    while (childrenOf(host).some((pid) => killed.includes(pid))) {
      if (Date.now() > deadline) throw new Error(`what was killed must end within ${GONE_MS_MAX} ms`);
      await wait(1);
    }
  }

  /** What the Worker logged last. */
  said(): readonly string[] {
    return this.events;
  }

  /** Processor time that the runtime's processes have used since they started, ms. Linux only. */
  cpuMs(): number {
    const leader = this.running?.process.pid;
    return leader === undefined ? 0 : processesOf(leader).reduce((sum, pid) => sum + cpuMsOf(pid), 0);
  }

  /** What the runtime's processes hold of the machine's memory, bytes: workerd, and apart the Node that hosts it. Linux only. */
  memory(): { readonly workerd: number; readonly host: number } {
    const leader = this.running?.process.pid;
    if (leader === undefined) return { workerd: 0, host: 0 };
    const [host, ...rest] = processesOf(leader).map(residentBytes);
    return { workerd: rest.reduce((sum, bytes) => sum + bytes, 0), host };
  }

  /** What the Worker's isolates hold once all garbage is collected. Throws where the runtime is not inspected. */
  heap(): Promise<CollectedHeap> {
    if (this.inspectorPort === undefined) throw new Error("the runtime must be inspected");
    return collectedHeap(this.inspectorPort);
  }

  /** Ends every process for good; the state stays. */
  async end(): Promise<void> {
    await this.kill();
    await killGroup(this.standby);
    this.standby = undefined;
    this.bundle.remove();
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.state, { recursive: true, force: true });
  }
}

async function killGroup(child: Child | undefined): Promise<void> {
  if (child?.process.pid === undefined) return;
  try {
    process.kill(-child.process.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
  await child.ended;
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

function processesOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processesOf)];
}

/** The kernel counts in hundredths of a second: fields 14 and 15 of the line, after a name that may hold spaces. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The second field counts pages in memory; they hold 4 kB on every machine that this runs on. */
function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4_096;
}

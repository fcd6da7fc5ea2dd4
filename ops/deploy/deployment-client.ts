import { LANES, type Lane, laneOf } from "../../workers/metrics/lane-of.ts";
import { readSamples, type Sample } from "./prometheus-samples.ts";

/** A store that does not answer within this is not ready, ms. */
const ASK_MS_MAX = 10_000;

export interface ReadyAnswer {
  readonly isReady: boolean;
  /** The version that answered; empty where it does not know its own. */
  readonly version: string;
  readonly failing: readonly string[];
}

export interface BackupAnswer {
  readonly id: string;
  readonly status: "running" | "made" | "verified" | "failed";
  readonly ageSeconds: number | null;
  readonly reason: string | null;
}

/** What a deployment says of itself, over its own address and with the tokens of programs. */
export class DeploymentClient {
  private readonly parts: { origin: string; worker: string; metricsToken: string; deployToken: string };

  constructor(parts: { origin: string; worker: string; metricsToken: string; deployToken: string }) {
    this.parts = parts;
  }

  /** Whether all it depends on works, of the version that is named or of any. Undefined where it does not answer. */
  async ready(version?: string): Promise<ReadyAnswer | undefined> {
    const reply = await this.ask("/health/ready", { token: this.parts.metricsToken, version }).catch(() => undefined);
    if (reply === undefined) return undefined;
    if (reply.status !== 200 && reply.status !== 503)
      return { isReady: false, version: "", failing: [`${reply.status}`] };
    const told = (await reply.json()) as { version?: string; checks?: readonly { name: string; ok: boolean }[] };
    const failing = (told.checks ?? []).filter(({ ok }) => !ok).map(({ name }) => name);
    return { isReady: reply.status === 200, version: told.version ?? "", failing };
  }

  /** Whether anything of ours answers at the address. */
  async isLive(): Promise<boolean> {
    const reply = await this.ask("/health/live", {}).catch(() => undefined);
    return reply?.status === 200;
  }

  /** Everything it counts. */
  async metrics(): Promise<readonly Sample[]> {
    const reply = await this.ask("/metrics", { token: this.parts.metricsToken });
    if (reply.status !== 200) throw new Error(`GET /metrics: ${reply.status}`);
    return readSamples(await reply.text());
  }

  /** What the deployment's people see of its health. */
  async health(): Promise<{ readonly dependencies: readonly { name: string; state: string; note: string }[] }> {
    return (await this.json("GET", "/api/v1/admin/health")) as never;
  }

  async backups(): Promise<readonly BackupAnswer[]> {
    const { rows } = (await this.json("GET", "/api/v1/admin/backups")) as { rows: readonly BackupAnswer[] };
    return rows;
  }

  /** Begins a full backup; answers its id. */
  async beginBackup(): Promise<string> {
    const { id } = (await this.json("POST", "/api/v1/admin/backups")) as { id: string };
    return id;
  }

  /** Status and time of one request to a version, ms; status 0 where nothing answered. */
  async probe(path: string, version: string): Promise<{ readonly status: number; readonly ms: number }> {
    const from = performance.now();
    const reply = await this.ask(path, { version }).catch(() => undefined);
    await reply?.arrayBuffer().catch(() => undefined);
    return { status: reply?.status ?? 0, ms: performance.now() - from };
  }

  private async json(method: string, path: string): Promise<unknown> {
    const reply = await this.ask(path, { method, token: this.parts.deployToken });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${(await reply.text()).slice(0, 200)}`);
    return reply.json();
  }

  private ask(
    path: string,
    { method = "GET", token, version }: { method?: string; token?: string; version?: string | undefined },
  ): Promise<Response> {
    const { origin, worker } = this.parts;
    return fetch(`${origin}${path}`, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(ASK_MS_MAX),
      headers: {
        // What changes anything names its origin; so do we.
        Origin: origin,
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(version === undefined ? {} : { "Cloudflare-Workers-Version-Overrides": `${worker}="${version}"` }),
      },
    });
  }
}

/** The lane that a new version takes: not that of the one which serves. */
export function freeLane(tagOfServing: string | undefined): Lane {
  const used = laneOf(tagOfServing);
  return LANES.find((lane) => lane !== used) ?? LANES[0];
}

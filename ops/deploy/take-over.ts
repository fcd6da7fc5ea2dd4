import { type Lane, laneOf } from "../../workers/metrics/lane-of.ts";
import type { DeploymentParts } from "./deployment.ts";
import { type Decision, decide, type LaneReading, type Reading, SHARES, watching } from "./gradual.ts";
import { type LaneCounts, laneCounts, laneReading, sumOfReadings } from "./lane-readings.ts";
import type { KnownVersion } from "./platform-api.ts";
import type { Sample } from "./prometheus-samples.ts";

/** Ends a deployment that was taken back: what served before serves again. */
export class RolledBack extends Error {}

export interface Coming {
  readonly version: string;
  readonly tag: string;
  readonly previous: KnownVersion | undefined;
  /** Serves all already, since it could not be split. */
  readonly isWhole: boolean;
}

/**
 * Our own requests to each version at each look: so that something is known of it where few people come, and of faults that
 * it cannot count itself. None of them changes anything or needs a sign-in.
 */
const PROBES = [
  "/",
  "/health/live",
  "/api/v1/session",
  "/",
  "/api/v1/strategies/language",
  "/health/live",
  "/",
  "/docs",
];
/** A share is everywhere after some seconds, and code that nobody has called yet starts; that is not held against it, ms. */
const SETTLE_MS_MAX = 60_000;
const SETTLE_LOOK_MS = 1_000;
/** Where nothing served before there is nothing to be slower than. */
const NO_BEFORE: LaneReading = { requests: 0, faults: 0, p95Ms: Number.POSITIVE_INFINITY };

/** Gives a version share after share, as long as it does well; takes all back where it does not. */
export async function takeOver(parts: DeploymentParts, coming: Coming): Promise<string> {
  const shares = coming.isWhole ? [100] : SHARES;
  const from = parts.now();
  let before = NO_BEFORE;
  try {
    for (const share of shares) {
      if (!coming.isWhole) await parts.platform.split(splitOf(coming, share), `${share} % for ${coming.tag}`);
      parts.say(`  ${share} % of the traffic goes to ${coming.version}`);
      before = await watch(parts, coming, { share, before });
    }
  } catch (error) {
    await takeBack(parts, coming, error instanceof Error ? error.message : String(error));
  }
  return `all shares, in ${((parts.now() - from) / 1_000).toFixed(0)} s`;
}

function splitOf({ version, previous }: Coming, share: number) {
  const rest = previous === undefined || share === 100 ? [] : [{ id: previous.id, share: 100 - share }];
  return [{ id: version, share }, ...rest];
}

/** Watches one share until its window is over; answers how the version before did. Throws why it is to be taken back. */
async function watch(
  parts: DeploymentParts,
  coming: Coming,
  { share, before }: { readonly share: number; readonly before: LaneReading },
): Promise<LaneReading> {
  const { settings, now, record } = parts;
  const looker = new Looker(parts, coming);
  await looker.begin();
  let state = watching(share, now());
  for (;;) {
    await parts.wait(settings.lookEveryMs);
    if (parts.isInterrupted()) throw new Error("interrupted");
    const seen = await looker.look();
    // At the last share nobody is with the version before any more.
    const current = share === 100 ? before : seen.current;
    const reading: Reading = { ...seen, current };
    const [next, decision] = decide(state, reading, settings.gates);
    state = next;
    record.looks.push({ share, ...reading, decision });
    parts.say(lookLine(share, reading, decision));
    if (decision.kind === "roll-back") throw new Error(decision.reasons.join("; "));
    if (decision.kind !== "watch") return current;
  }
}

async function takeBack({ platform, say }: DeploymentParts, coming: Coming, why: string): Promise<never> {
  const { previous } = coming;
  if (previous === undefined) throw new Error(`${why}. Nothing served before, so that there is nothing to go back to`);
  say(`  rolling back to ${previous.id}: ${why}`);
  try {
    await platform.rollBack(previous.id, `taken back: ${why}`.slice(0, 100));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}. AND THE ROLLBACK FAILED, roll back by hand: ${words}`);
  }
  throw new RolledBack(`${why}; version ${previous.id} serves all again`);
}

/** Looks at both versions: by what they count themselves, and by requests of ours. */
class Looker {
  private readonly parts: DeploymentParts;
  private readonly coming: Coming;
  private counted: Partial<Record<Lane, LaneCounts>> = {};
  private probed: Readonly<Record<"next" | "current", readonly { status: number; ms: number }[]>> = {
    next: [],
    current: [],
  };

  constructor(parts: DeploymentParts, coming: Coming) {
    this.parts = parts;
    this.coming = coming;
  }

  /** Waits until the version answers, for as long as that may take, and notes what was counted by then. */
  async begin(): Promise<void> {
    const { client, now, wait, isInterrupted } = this.parts;
    const { version, previous } = this.coming;
    const until = now() + SETTLE_MS_MAX;
    while (!isInterrupted() && now() < until && (await client.ready(version))?.version !== version) {
      await wait(SETTLE_LOOK_MS);
    }
    // What was never called is slow once.
    for (const id of [version, ...(previous === undefined ? [] : [previous.id])]) {
      await Promise.all(PROBES.map((path) => client.probe(path, id)));
    }
    const samples = await this.parts.client.metrics().catch(() => []);
    this.counted = Object.fromEntries(this.lanes().map((lane) => [lane, laneCounts(samples, lane)]));
  }

  async look(): Promise<Reading> {
    const { client, now } = this.parts;
    const { version, previous } = this.coming;
    const ready = await client.ready(version);
    await this.probe("next", version);
    if (previous !== undefined) await this.probe("current", previous.id);
    const samples = await client.metrics().catch(() => undefined);
    // Another version that answers says nothing of this one.
    const isOurs = ready !== undefined && ready.version === version;
    return {
      atMs: now(),
      nextIsReady: isOurs && samples !== undefined ? ready.isReady : undefined,
      next: this.reading("next", laneOf(this.coming.tag), samples),
      current: this.reading("current", laneOf(previous?.tag), samples),
    };
  }

  private lanes(): Lane[] {
    return [laneOf(this.coming.tag), laneOf(this.coming.previous?.tag)].filter((lane) => lane !== undefined);
  }

  private async probe(side: "next" | "current", version: string): Promise<void> {
    const probes = await Promise.all(PROBES.map((path) => this.parts.client.probe(path, version)));
    this.probed = { ...this.probed, [side]: [...this.probed[side], ...probes] };
  }

  private reading(
    side: "next" | "current",
    lane: Lane | undefined,
    samples: readonly Sample[] | undefined,
  ): LaneReading {
    const probes = this.probed[side];
    const times = probes.map(({ ms }) => ms).sort((left, right) => left - right);
    const own: LaneReading = {
      requests: probes.length,
      faults: probes.filter(({ status }) => status === 0 || (status >= 500 && status !== 503)).length,
      p95Ms: times[Math.min(times.length - 1, Math.floor(times.length * 0.95))],
    };
    const from = lane === undefined ? undefined : this.counted[lane];
    if (lane === undefined || from === undefined || samples === undefined) return own;
    return sumOfReadings(laneReading(from, laneCounts(samples, lane)), own);
  }
}

function lookLine(share: number, { nextIsReady, next, current }: Reading, decision: Decision): string {
  const of = ({ requests, faults, p95Ms }: LaneReading) =>
    `${faults} faults of ${requests}, p95 ${Number.isFinite(p95Ms ?? Number.NaN) ? `${p95Ms?.toFixed(0)} ms` : "?"}`;
  const ready = nextIsReady === undefined ? "no answer" : nextIsReady ? "ready" : "NOT READY";
  const then = decision.kind === "watch" ? "" : ` -> ${decision.kind}`;
  return `  ${String(share).padStart(3)} %  new: ${ready}, ${of(next)} | before: ${of(current)}${then}`;
}

import { type Lane, laneOf } from "../../workers/metrics/lane-of.ts";
import type { DeploymentParts } from "./deployment.ts";
import { type LaneReading, NOTHING, type Reading, type SideReading } from "./gradual.ts";
import { type LaneCounts, laneCounts, laneReading, withoutOwn } from "./lane-readings.ts";
import type { KnownVersion } from "./platform-api.ts";
import type { Sample } from "./prometheus-samples.ts";

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
/** Rounds of our own requests by which a version is known that is replaced without a share beside it. */
const ROUNDS_BEFORE_WHOLE = 6;
/** A share is everywhere after some seconds, and code that nobody has called yet starts; that is not held against it, ms. */
const SETTLE_MS_MAX = 60_000;
const SETTLE_LOOK_MS = 1_000;

/** How the version that is replaced did, for when nobody is with it any more. */
export interface Before {
  readonly reading: SideReading;
  /** What it answered to each probe; empty where nothing served before. */
  readonly statuses: readonly number[];
}

/** Where nothing served before there is nothing to be slower than, nor to answer otherwise. */
export const NO_BEFORE: Before = {
  reading: { people: NOTHING, own: { ...NOTHING, p95Ms: Number.POSITIVE_INFINITY } },
  statuses: [],
};

interface Probe {
  readonly status: number;
  readonly ms: number;
}
interface Sides {
  readonly next: string;
  readonly nextTag: string;
  readonly previous: KnownVersion | undefined;
}

/** How a version does that is about to be replaced at once: what it counted so far, and requests of ours. Throws where it does not tell. */
export async function lookBefore({ client }: DeploymentParts, version: KnownVersion): Promise<Before> {
  const own = new OwnRequests();
  let statuses: readonly number[] = [];
  for (let round = 0; round < ROUNDS_BEFORE_WHOLE; round++) {
    const probes = await Promise.all(PROBES.map((path) => client.probe(path, version.id)));
    own.take(probes, []);
    statuses = probes.map(({ status }) => status);
  }
  const lane = laneOf(version.tag);
  const samples = await client.metrics();
  const people = lane === undefined ? NOTHING : laneReading(laneCounts([], lane), laneCounts(samples, lane));
  return { reading: { people, own: own.reading() }, statuses };
}

/** Looks at both versions: by what they count themselves, and by requests of ours. */
export class Looker {
  private readonly parts: DeploymentParts;
  private readonly sides: Sides;
  /** Given where nobody is with the version before any more; otherwise it is looked at as well. */
  private readonly before: Before | undefined;
  private counted: Partial<Record<Lane, LaneCounts>> = {};
  private readonly ownNext = new OwnRequests();
  private readonly ownCurrent = new OwnRequests();
  private statuses: readonly number[] = [];

  constructor(parts: DeploymentParts, sides: Sides, before: Before | undefined) {
    this.parts = parts;
    this.sides = sides;
    this.before = before;
  }

  /** Waits until the version answers, for as long as that may take, and notes what was counted by then. */
  async begin(): Promise<void> {
    const { client, now, wait, isInterrupted } = this.parts;
    const { next, previous } = this.sides;
    const until = now() + SETTLE_MS_MAX;
    while (!isInterrupted() && now() < until && (await client.ready(next))?.version !== next) {
      await wait(SETTLE_LOOK_MS);
    }
    // What was never called is slow once.
    for (const id of [next, ...(previous === undefined || this.before !== undefined ? [] : [previous.id])]) {
      await Promise.all(PROBES.map((path) => client.probe(path, id)));
    }
    const samples = await this.countedByNow(now() + SETTLE_MS_MAX);
    this.counted = Object.fromEntries(this.lanes().map((lane) => [lane, laneCounts(samples, lane)]));
  }

  async look(): Promise<Reading> {
    const { client, now } = this.parts;
    const { next, nextTag, previous } = this.sides;
    const ready = await client.ready(next);
    const expected = await this.lookAtCurrent();
    const probes = await this.probe(next);
    this.ownNext.take(probes, expected);
    const samples = await client.metrics().catch(() => undefined);
    // Another version that answers says nothing of this one.
    const isOurs = ready !== undefined && ready.version === next;
    return {
      atMs: now(),
      nextIsReady: isOurs && samples !== undefined ? ready.isReady : undefined,
      next: this.reading(this.ownNext, laneOf(nextTag), samples),
      current: this.before?.reading ?? this.reading(this.ownCurrent, laneOf(previous?.tag), samples),
    };
  }

  /** What is to be known once nobody is with the version before any more. */
  beforeOf({ current }: Reading): Before {
    return this.before ?? { reading: current, statuses: this.statuses };
  }

  private async lookAtCurrent(): Promise<readonly number[]> {
    const { previous } = this.sides;
    if (this.before !== undefined || previous === undefined) return this.before?.statuses ?? [];
    const probes = await this.probe(previous.id);
    this.ownCurrent.take(probes, []);
    this.statuses = probes.map(({ status }) => status);
    return this.statuses;
  }

  /** Without it every later look would count all that a lane ever counted. */
  private async countedByNow(until: number): Promise<readonly Sample[]> {
    const { client, now, wait, isInterrupted } = this.parts;
    for (;;) {
      const samples = await client.metrics().catch(() => undefined);
      if (samples !== undefined) return samples;
      if (isInterrupted()) throw new Error("interrupted");
      if (now() >= until) throw new Error("metrics: /metrics does not answer, so that nothing could be compared");
      await wait(SETTLE_LOOK_MS);
    }
  }

  private lanes(): Lane[] {
    const { nextTag, previous } = this.sides;
    return [laneOf(nextTag), laneOf(previous?.tag)].filter((lane) => lane !== undefined);
  }

  private probe(version: string): Promise<Probe[]> {
    return Promise.all(PROBES.map((path) => this.parts.client.probe(path, version)));
  }

  private reading(own: OwnRequests, lane: Lane | undefined, samples: readonly Sample[] | undefined): SideReading {
    const ours = own.reading();
    const from = lane === undefined ? undefined : this.counted[lane];
    if (lane === undefined || from === undefined || samples === undefined) return { people: NOTHING, own: ours };
    const people = withoutOwn(laneReading(from, laneCounts(samples, lane)), own.counted());
    return { people, own: ours };
  }
}

/** Our own requests to one version, and which of them were answered badly. */
class OwnRequests {
  private probes: readonly Probe[] = [];
  private faults = 0;

  /** `expected`: what the version before answers to each of them, where that is known. */
  take(probes: readonly Probe[], expected: readonly number[]): void {
    this.probes = [...this.probes, ...probes];
    this.faults += probes.filter(({ status }, index) => isFault(status, expected[index])).length;
  }

  reading(): LaneReading {
    const times = this.probes.map(({ ms }) => ms).sort((left, right) => left - right);
    const p95Ms = times[Math.min(times.length - 1, Math.floor(times.length * 0.95))];
    return { requests: this.probes.length, faults: this.faults, p95Ms };
  }

  /** What the version has counted of them itself: what never reached it is not among it. */
  counted(): Pick<LaneReading, "requests" | "faults"> {
    const reached = this.probes.filter(({ status }) => status !== 0);
    return { requests: reached.length, faults: reached.filter(({ status }) => isBroken(status)).length };
  }
}

/** Nothing answered, or it broke; 503 says that something else did. */
function isBroken(status: number): boolean {
  return status === 0 || (status >= 500 && status !== 503);
}

/** An answer that the version before does not give is a fault too, unless that one broke itself. */
function isFault(status: number, expected: number | undefined): boolean {
  if (isBroken(status)) return true;
  return expected !== undefined && expected !== 0 && expected < 500 && status !== expected;
}

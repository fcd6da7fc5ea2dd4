/**
 * How a new version takes over: by shares of the traffic, each for a window in which it is held against the version that it
 * replaces. A pure machine: readings go in, what to do comes out. It rolls back on evidence, and where it could not find out
 * enough; it never goes on for want of an answer.
 */

/** Shares of the traffic that the new version is given, one after the other. */
export const SHARES = [10, 50, 100] as const;

/** How a version did since the share that now holds was set. */
export interface LaneReading {
  readonly requests: number;
  readonly faults: number;
  /** Time that nineteen of twenty requests took at most, ms; undefined where nothing is known. */
  readonly p95Ms: number | undefined;
}

/** A version by requests of people, and by our own; none is in both. The time of people's is that of all where it counts all. */
export interface SideReading {
  readonly people: LaneReading;
  readonly own: LaneReading;
}

/** Nothing is known. */
export const NOTHING: LaneReading = { requests: 0, faults: 0, p95Ms: undefined };

export interface Reading {
  readonly atMs: number;
  /** Whether the version answers that all it depends on works; undefined: it did not answer. */
  readonly nextIsReady: boolean | undefined;
  readonly next: SideReading;
  /** The version that is replaced; at the last share how it did before. */
  readonly current: SideReading;
}

export interface Gates {
  /** How long each share is watched, ms. */
  readonly windowMs: number;
  /** How much longer it is watched where too little is known; after that it is rolled back, ms. */
  readonly holdMs: number;
  /** Requests of the new version below which nothing is said of it. */
  readonly requestsMin: number;
}

/** Looks in a row at which a version may be unready: a store that hiccups once is no fault of the version. */
const UNREADY_MAX = 2;
/** Looks in a row at which a version may be slow. */
const SLOW_MAX = 2;
/** One or two faults are a hiccup, in however few requests they come. */
const FAULTS_MIN = 3;
/** So much more of the requests may fail than before; below it chance decides. */
const FAULT_SHARE_MARGIN = 0.01;
/** A version that is replaced may be the worse one: beyond this share no version goes on. */
const FAULT_SHARE_MAX = 0.05;
/** So much slower than the version before: half as long again, and a tenth of a second that noise makes. */
const SLOW_FACTOR = 1.5;
const SLOW_MARGIN_MS = 100;
/** Of fewer requests the slowest twentieth is one or two. */
const SLOW_REQUESTS_MIN = 40;
/** Deviations of a normal distribution: one look in seven hundred errs, since a deployment takes many. */
const Z = 3;

export interface GradualState {
  readonly share: number;
  readonly sinceMs: number;
  readonly unready: number;
  readonly slow: number;
}

export type Decision =
  | { readonly kind: "watch"; readonly why: string }
  | { readonly kind: "shift"; readonly share: number }
  | { readonly kind: "done" }
  | { readonly kind: "roll-back"; readonly reasons: readonly string[] };

/** The state in which a share was just set. */
export function watching(share: number, atMs: number): GradualState {
  return { share, sinceMs: atMs, unready: 0, slow: 0 };
}

/** What a reading leads to, and the state after it. */
export function decide(state: GradualState, reading: Reading, gates: Gates): [GradualState, Decision] {
  const next: GradualState = {
    ...state,
    unready: reading.nextIsReady === true ? 0 : state.unready + 1,
    slow: isSlow(reading) ? state.slow + 1 : 0,
  };
  const reasons = [...readinessReasons(next, reading), ...faultReasons(reading), ...slowReasons(next, reading)];
  if (reasons.length > 0) return [next, { kind: "roll-back", reasons }];
  return [next, patience(next, reading, gates)];
}

function readinessReasons({ unready }: GradualState, { nextIsReady }: Reading): string[] {
  if (unready <= UNREADY_MAX) return [];
  const how = nextIsReady === undefined ? "did not answer" : "said that it is not ready";
  return [`health: the new version ${how} ${unready} times in a row`];
}

/** People's requests and our own are judged apart: either speaks against a version, and none hides the other's faults. */
function faultReasons({ next, current }: Reading): string[] {
  return [
    ...laneFaults("error rate", next.people, current.people),
    ...laneFaults("error rate of our own requests", next.own, current.own),
  ];
}

/** Holds the least share of faults that the count is evidence for against what the version before had. */
function laneFaults(what: string, next: LaneReading, current: LaneReading): string[] {
  if (next.faults < FAULTS_MIN) return [];
  const least = leastShare(next);
  const before = shareOf(current);
  const words = `${percent(shareOf(next))} of ${next.requests} requests failed, at least ${percent(least)} by chance`;
  if (least > before + FAULT_SHARE_MARGIN) {
    return [`${what}: ${words}; before ${percent(before)} of ${current.requests}`];
  }
  return least > FAULT_SHARE_MAX ? [`${what}: ${words}; at most ${percent(FAULT_SHARE_MAX)} may`] : [];
}

function slowReasons({ slow }: GradualState, { next, current }: Reading): string[] {
  if (slow <= SLOW_MAX) return [];
  const of = ({ people, own }: SideReading) => `${milliseconds(people.p95Ms)} (ours ${milliseconds(own.p95Ms)})`;
  return [`latency: p95 ${of(next)}, before ${of(current)}, ${slow} times in a row`];
}

function isSlow({ next, current }: Reading): boolean {
  // The time of people's requests is that of all. Ours are few, and a slow first answer stays in them: they speak where nobody
  // else does.
  const all = { ...next.people, requests: requestsOf(next) };
  const isKnown = all.p95Ms !== undefined && current.people.p95Ms !== undefined;
  return isKnown ? isSlower(all, current.people) : isSlower(next.own, current.own);
}

function isSlower(next: LaneReading, current: LaneReading): boolean {
  if (next.p95Ms === undefined || current.p95Ms === undefined || next.requests < SLOW_REQUESTS_MIN) return false;
  return next.p95Ms > current.p95Ms * SLOW_FACTOR + SLOW_MARGIN_MS;
}

function patience(state: GradualState, { atMs, next, current }: Reading, gates: Gates): Decision {
  const watchedMs = atMs - state.sinceMs;
  if (watchedMs < gates.windowMs) return { kind: "watch", why: "the window is not over" };
  const seen = requestsOf(next);
  const doubts = [
    ...(seen < gates.requestsMin ? [`${seen} of ${gates.requestsMin} requests were seen`] : []),
    ...(isTimed(next) && isTimed(current) ? [] : ["no latency was seen"]),
    ...(state.unready > 0 ? ["it was not ready at the last look"] : []),
    ...(state.slow > 0 ? ["it was slow at the last look"] : []),
  ];
  if (doubts.length === 0) return goOn(state.share);
  if (watchedMs < gates.windowMs + gates.holdMs) return { kind: "watch", why: `holding: ${doubts.join(", ")}` };
  return { kind: "roll-back", reasons: [`too little is known after ${seconds(watchedMs)}: ${doubts.join(", ")}`] };
}

function requestsOf({ people, own }: SideReading): number {
  return people.requests + own.requests;
}

function isTimed({ people, own }: SideReading): boolean {
  return people.p95Ms !== undefined || own.p95Ms !== undefined;
}

function goOn(share: number): Decision {
  const next = SHARES.find((candidate) => candidate > share);
  return next === undefined ? { kind: "done" } : { kind: "shift", share: next };
}

function shareOf({ requests, faults }: LaneReading): number {
  return requests === 0 ? 0 : faults / requests;
}

/** The lower end of Wilson's interval: the least share that so many faults of so many requests speak for. */
function leastShare({ requests, faults }: LaneReading): number {
  if (requests === 0) return 0;
  const share = faults / requests;
  const centre = share + Z ** 2 / (2 * requests);
  const spread = Z * Math.sqrt((share * (1 - share)) / requests + Z ** 2 / (4 * requests ** 2));
  return Math.max(0, (centre - spread) / (1 + Z ** 2 / requests));
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const milliseconds = (ms: number | undefined) => (ms === undefined ? "?" : `${ms.toFixed(0)} ms`);
const seconds = (ms: number) => `${(ms / 1_000).toFixed(0)} s`;

import type { Lane } from "../../workers/metrics/lane-of.ts";

/** A version that serves, and its share of the traffic, percent. */
export interface ServingVersion {
  readonly id: string;
  readonly share: number;
}

export interface KnownVersion {
  readonly id: string;
  readonly createdOn: string;
  /** Such as `green-1a2b3c4d5e6f`: the lane and the commit it was made from; empty where it was uploaded by hand. */
  readonly tag: string;
  readonly message: string;
}

/** What is uploaded: the entry, and variables besides those of the environment; a rehearsal has entries of its own. */
export interface UploadOrder {
  readonly main: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly tag: string;
  readonly message: string;
}

/** What a deployment asks of the platform. Every call throws where the platform refuses or is not there, and says why. */
export interface PlatformApi {
  /** What serves now, the largest share first; empty where nothing was ever deployed. */
  serving(): Promise<readonly ServingVersion[]>;
  /** Versions that served all, each time that one began to, the newest first. */
  servedWhole(): Promise<readonly string[]>;
  /** A version by its id; undefined where there is none. */
  version(id: string): Promise<KnownVersion | undefined>;
  /** Names of the migrations that the database has not seen. */
  pendingMigrations(): Promise<readonly string[]>;
  applyMigrations(): Promise<void>;
  /** Stores a version that serves nobody yet; answers its id. */
  upload(order: UploadOrder): Promise<string>;
  /** Gives each version its share; they sum to 100. */
  split(shares: readonly ServingVersion[], message: string): Promise<void>;
  /** Uploads and serves at once, with changes of classes: the platform does not split those. Answers the version. */
  deployWhole(order: UploadOrder): Promise<string>;
  /** Clocks and consumers of queues, as this environment has them. */
  applyTriggers(): Promise<void>;
  /** Gives all traffic to a version that was deployed before. */
  rollBack(version: string, message: string): Promise<void>;
}

/** The tag of a version. */
export function tagOf(lane: Lane, commit: string): string {
  return `${lane}-${commit.slice(0, 12)}`;
}

/** The commit of a version by its tag; undefined where it was uploaded by hand. */
export function commitOf(tag: string): string | undefined {
  return /^[a-z]+-([0-9a-f]{7,40})$/.exec(tag)?.[1];
}

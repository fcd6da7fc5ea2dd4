import type { DeploymentClient } from "./deployment-client.ts";
import type { Settings } from "./settings.ts";

/** What a program of the project said, and how it ended. */
export interface ToolAnswer {
  readonly code: number;
  readonly output: string;
}

/** What stops ask. All of it is handed in, so that each can be shown to fail. */
export interface StopContext {
  readonly settings: Settings;
  /** Asks what runs now; undefined where nothing was ever deployed. */
  readonly client: DeploymentClient | undefined;
  /** The commit that is deployed, and the tree that it holds. */
  readonly commit: string;
  readonly tree: string;
  /** UTC ms. */
  readonly now: () => number;
  readonly fetch: typeof fetch;
  /** Runs a program with the tools of the project on its path. */
  readonly run: (command: readonly string[]) => Promise<ToolAnswer>;
  /** Reads a file of the project or of its records; undefined where there is none. */
  readonly read: (path: string) => string | undefined;
  /** Files of the deployment's own code, for which a rehearsal speaks. */
  readonly deployFiles: () => readonly string[];
  /** Files that are changed or new beside the commit, as git lists them. */
  readonly changedFiles: () => readonly string[];
  /** What the certificate at an address says: when it ends, UTC ms. Throws where it is not to be trusted. */
  readonly certificateEnd: (address: string, authority: string | undefined) => Promise<number>;
}

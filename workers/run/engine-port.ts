import type { Env } from "../platform/env.ts";
import type { OpenRunWork } from "./run-work.ts";
import { RunFailure } from "./run-work.ts";

export function openEngineWork(_env: Env, _ownerId: string): OpenRunWork {
  return async () => {
    throw new RunFailure("no_engine", "There is no engine in this build.");
  };
}

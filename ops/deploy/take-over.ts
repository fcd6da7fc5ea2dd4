import type { DeploymentParts } from "./deployment.ts";
import {
  type Decision,
  decide,
  type LaneReading,
  type Reading,
  SHARES,
  type SideReading,
  watching,
} from "./gradual.ts";
import { type Before, Looker, NO_BEFORE } from "./looker.ts";
import type { KnownVersion, PlatformApi } from "./platform-api.ts";

/** Ends a deployment that was taken back: what served before serves again. */
export class RolledBack extends Error {}

/** Ends a deployment that somebody else overruled meanwhile: what they set is left as it is. */
class Overruled extends Error {}

export interface Coming {
  readonly version: string;
  readonly tag: string;
  readonly previous: KnownVersion | undefined;
  /** It serves all already, since it could not be split: how the one before did. */
  readonly whole: Before | undefined;
}

/** Gives a version share after share, as long as it does well; takes all back where it does not. */
export async function takeOver(parts: DeploymentParts, coming: Coming): Promise<string> {
  const { platform, say } = parts;
  const shares = coming.whole === undefined ? SHARES : [100];
  const from = parts.now();
  let before = coming.whole ?? NO_BEFORE;
  try {
    for (const share of shares) {
      if (coming.whole === undefined) {
        await refuseOverruled(platform, share === SHARES[0] ? coming.previous?.id : coming.version);
        await platform.split(splitOf(coming, share), `${share} % for ${coming.tag}`);
      }
      say(`  ${share} % of the traffic goes to ${coming.version}`);
      before = await watch(parts, coming, { share, before });
    }
    await refuseOverruled(platform, coming.version);
  } catch (error) {
    if (error instanceof Overruled) throw error;
    await takeBack(parts, coming, error instanceof Error ? error.message : String(error));
  }
  return `all shares, in ${((parts.now() - from) / 1_000).toFixed(0)} s`;
}

/** Whoever rolls back by hand meanwhile has the last word. */
async function refuseOverruled(platform: PlatformApi, expected: string | undefined): Promise<void> {
  const serving = await platform.serving();
  if (expected === undefined || serving.some(({ id }) => id === expected)) return;
  throw new Overruled(
    `somebody else set what serves meanwhile (${serving.map(({ id, share }) => `${id} ${share} %`).join(", ")}): left as it is`,
  );
}

function splitOf({ version, previous }: Coming, share: number) {
  const rest = previous === undefined || share === 100 ? [] : [{ id: previous.id, share: 100 - share }];
  return [{ id: version, share }, ...rest];
}

/** Watches one share until its window is over; answers how the version before did. Throws why it is to be taken back. */
async function watch(
  parts: DeploymentParts,
  { version, tag, previous }: Coming,
  { share, before }: { readonly share: number; readonly before: Before },
): Promise<Before> {
  const { settings, now, record } = parts;
  // At the last share nobody is with the version before any more.
  const looker = new Looker(parts, { next: version, nextTag: tag, previous }, share === 100 ? before : undefined);
  await looker.begin();
  let state = watching(share, now());
  for (;;) {
    await parts.wait(settings.lookEveryMs);
    if (parts.isInterrupted()) throw new Error("interrupted");
    const reading = await looker.look();
    const [next, decision] = decide(state, reading, settings.gates);
    state = next;
    record.looks.push({ share, ...reading, decision });
    parts.say(lookLine(share, reading, decision));
    if (decision.kind === "roll-back") throw new Error(decision.reasons.join("; "));
    if (decision.kind !== "watch") return looker.beforeOf(reading);
  }
}

async function takeBack({ platform, say }: DeploymentParts, coming: Coming, why: string): Promise<never> {
  const { previous, version } = coming;
  if (previous === undefined) throw new Error(`${why}. Nothing served before, so that there is nothing to go back to`);
  // Where the platform does not say what serves, what served before is the safer guess.
  const serving = await platform.serving().catch(() => undefined);
  if (serving !== undefined && !serving.some(({ id }) => id === version)) {
    const others = serving.map(({ id, share }) => `${id} ${share} %`).join(", ");
    if (serving.every(({ id }) => id === previous.id)) throw new RolledBack(`${why}; ${others} serves already`);
    throw new Overruled(`${why}. Somebody else set what serves meanwhile (${others}): left as it is`);
  }
  say(`  rolling back to ${previous.id}: ${why}`);
  try {
    await platform.rollBack(previous.id, `taken back: ${why}`.slice(0, 100));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}. AND THE ROLLBACK FAILED, roll back by hand: ${words}`);
  }
  throw new RolledBack(`${why}; version ${previous.id} serves all again`);
}

function lookLine(share: number, { nextIsReady, next, current }: Reading, decision: Decision): string {
  const ready = nextIsReady === undefined ? "no answer" : nextIsReady ? "ready" : "NOT READY";
  const then = decision.kind === "watch" ? "" : ` -> ${decision.kind}`;
  return `  ${String(share).padStart(3)} %  new: ${ready}, ${sideWords(next)} | before: ${sideWords(current)}${then}`;
}

function sideWords({ people, own }: SideReading): string {
  const of = ({ requests, faults, p95Ms }: LaneReading) =>
    `${faults} faults of ${requests}, p95 ${Number.isFinite(p95Ms ?? Number.NaN) ? `${p95Ms?.toFixed(0)} ms` : "?"}`;
  return `${of(people)} (ours ${of(own)})`;
}

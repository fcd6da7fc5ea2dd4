import type { DeploymentRecord } from "./record.ts";

/** Whoever does not take a message within this does not get it, ms. */
const TELL_MS_MAX = 10_000;

/** What is told of a deployment, in one line. */
export function messageOf({ kind, environment, platform, outcome, commit, by, reasons }: DeploymentRecord): string {
  const what = `${kind} of ${commit.slice(0, 12)} to ${environment}${platform === "stand-in" ? " (dry run)" : ""}`;
  return `ApexTrade: ${what} by ${by}: ${outcome}${reasons.length === 0 ? "" : `. ${reasons.join("; ")}`}`;
}

/**
 * Tells a webhook, in the form that Slack, Mattermost and others take. Never throws: a deployment does not fail because a
 * chat does. Answers what became of it.
 */
export async function notify(url: string | undefined, record: DeploymentRecord, send: typeof fetch): Promise<string> {
  if (url === undefined) return "nobody was told: DEPLOY_NOTIFY_URL is not set";
  try {
    const reply = await send(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: messageOf(record) }),
      signal: AbortSignal.timeout(TELL_MS_MAX),
    });
    // Its address is a secret, so that it is not named.
    return reply.ok ? "told" : `could not be told: the receiver answered ${reply.status}`;
  } catch (error) {
    return `could not be told: ${error instanceof Error ? error.name : "no answer"}`;
  }
}

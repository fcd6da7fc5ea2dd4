import { setTimeout as wait } from "node:timers/promises";
import { timesText } from "../../ops/runtime/percentiles.ts";

/** Answers that say "not now": right under load as long as they say when. */
const BUSY = new Set([429, 503]);
/** An order that traded or was taken back meanwhile cannot be cancelled. */
const CANCEL_REFUSED = new Set([409, 422]);
/** Findings of one kind that are told one by one. */
const TOLD_MAX = 20;
const RETRY_MS_DEFAULT = 1_000;

/** One answer to one request. */
export interface Answer {
  /** Method and route without ids, such as `POST orders`. */
  readonly kind: string;
  readonly status: number;
  readonly retryAfter: string | null;
  /** Until its head had come. */
  readonly ms: number;
}

/** Counts what was answered, and finds what should not have been. */
export class AnswerTally {
  private readonly times = new Map<string, number[]>();
  private readonly statuses = new Map<number, number>();
  private readonly found = new Map<string, number>();
  private total = 0;

  /** Sends a request as `fetch` does and notes what came of it. */
  readonly fetch: typeof fetch = async (input, init) => {
    const kind = kindOf(init?.method ?? "GET", String(input));
    const started = performance.now();
    try {
      const reply = await fetch(input, init);
      const retryAfter = reply.headers.get("Retry-After");
      this.note({ kind, status: reply.status, retryAfter, ms: performance.now() - started });
      return reply;
    } catch (error) {
      this.find(`${kind}: no answer, ${String(error)}`);
      throw error;
    }
  };

  note({ kind, status, retryAfter, ms }: Answer): void {
    this.total++;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const finding = faultOf({ kind, status, retryAfter });
    if (finding !== undefined) this.find(finding);
    // How fast it says no is another question.
    if (status >= 400) return;
    const times = this.times.get(kind) ?? [];
    this.times.set(kind, times);
    times.push(ms);
  }

  private find(finding: string): void {
    this.found.set(finding, (this.found.get(finding) ?? 0) + 1);
  }

  count(): number {
    return this.total;
  }

  /** Share of answers that said "not now". */
  busyShare(): number {
    const busy = [...BUSY].reduce((sum, status) => sum + (this.statuses.get(status) ?? 0), 0);
    return this.total === 0 ? 0 : busy / this.total;
  }

  findings(): string[] {
    return [...this.found].slice(0, TOLD_MAX).map(([finding, count]) => `${finding} (${count} times)`);
  }

  /** Answers by status, then times by kind. */
  lines(): string[] {
    const share = (count: number) => `${count.toLocaleString("en")} (${((count / this.total) * 100).toFixed(2)} %)`;
    const statuses = [...this.statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${share(count)}`);
    const kinds = [...this.times].sort(([a], [b]) => a.localeCompare(b));
    return [
      `answers: ${statuses.join(", ")}`,
      `all: ${timesText([...this.times.values()].flat())}`,
      ...kinds.map(([kind, times]) => `  ${kind.padEnd(34)} ${timesText(times)}`),
    ];
  }
}

/** What is wrong with an answer; undefined where nothing is. */
export function faultOf({ kind, status, retryAfter }: Omit<Answer, "ms">): string | undefined {
  if (BUSY.has(status)) return retryAfter === null ? `${kind}: ${status} without Retry-After` : undefined;
  if (status < 400 || (kind.endsWith("/cancel") && CANCEL_REFUSED.has(status))) return undefined;
  return `${kind}: ${status}`;
}

/** Sends a request again for as long as it is answered "not now": for what has to be done once. */
export const patientFetch: typeof fetch = async (input, init) => {
  for (;;) {
    const reply = await fetch(input, init);
    if (!BUSY.has(reply.status)) return reply;
    await reply.arrayBuffer();
    await wait(Number(reply.headers.get("Retry-After") ?? 0) * 1_000 || RETRY_MS_DEFAULT);
  }
};

/** Method and path without the query, the version and whatever names one thing. */
export function kindOf(method: string, address: string): string {
  const parts = new URL(address).pathname.split("/").filter((part) => part !== "" && part !== "api" && part !== "v1");
  return `${method} ${parts.map((part) => (/\d|_|.{20}/.test(part) ? ":id" : part)).join("/")}`;
}

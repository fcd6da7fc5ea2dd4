import { and, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { backtests } from "../../schema/tables/backtest.ts";
import { trialCounts } from "../../schema/tables/strategy.ts";
import type { Headline } from "../../schema/wire/backtest.ts";
import { REPORT_PARTS, type Report } from "../../schema/wire/report.ts";
import { trialSharpe } from "../core/report/trial-spread.ts";
import type { OwnedDatabase } from "../platform/owned-database.ts";
import { prepareRunNotice } from "./run-notice.ts";

export type BacktestRow = typeof backtests.$inferSelect;
type NewRow = typeof backtests.$inferInsert;
export type ReportPart = (typeof REPORT_PARTS)[number];

// A step is a month of candles and takes well under a second; a worker that says nothing for this long is dead.
export const LEASE_MS = 60_000;

const UNFINISHED = inArray(backtests.status, ["queued", "running"]);

/** A worker's hold on a run. Once another has taken it over, every write answers false and changes nothing. */
export interface Lease {
  readonly row: BacktestRow;
  readonly token: string;
}

/** The stored side of a run: its row, its checkpoint, its report. */
export class RunStore {
  private readonly owned: OwnedDatabase;
  private readonly bucket: R2Bucket;

  constructor({ owned, bucket }: { readonly owned: OwnedDatabase; readonly bucket: R2Bucket }) {
    this.owned = owned;
    this.bucket = bucket;
  }

  /** Takes the run, or answers undefined where it has ended, is gone, or another worker holds it. */
  async claim(runId: string, token: string, nowMs: number): Promise<Lease | undefined> {
    const free = and(eq(backtests.id, runId), UNFINISHED, lt(backtests.leaseUntilMs, nowMs));
    const values = { status: "running" as const, leaseToken: token, leaseUntilMs: nowMs + LEASE_MS, aliveAt: nowMs };
    if ((await this.update(values, free)) === 0) return undefined;
    const row = await this.owned.find(backtests, eq(backtests.id, runId));
    // Compared openly because the token names a lease and opens nothing.
    if (row?.leaseToken !== token) return undefined;
    if (row.startedAt !== null) return { row, token };
    await this.update({ startedAt: nowMs }, this.held(runId, token));
    return { row: { ...row, startedAt: nowMs }, token };
  }

  /** What the last checkpoint saved, or undefined at the start. */
  async readCheckpoint(row: BacktestRow): Promise<string | undefined> {
    if (row.checkpointKey === null) return undefined;
    const object = await this.bucket.get(row.checkpointKey);
    return object === null ? undefined : object.text();
  }

  /**
   * Stores a checkpoint under a new key and then points the row at it, so that a worker whose lease was taken over
   * cannot overwrite what its successor saved, and no key is written twice (the store allows that once a second).
   * False where the lease was lost. `mark` tells this checkpoint from the worker's others.
   */
  async writeCheckpoint(lease: Lease, input: { mark: number; saved: string; nowMs: number }): Promise<boolean> {
    const key = `${runPrefix(lease.row)}checkpoint/${lease.token}-${input.mark}`;
    await this.bucket.put(key, input.saved);
    const values = { checkpointKey: key, leaseUntilMs: input.nowMs + LEASE_MS, aliveAt: input.nowMs, redrives: 0 };
    return (await this.update(values, this.held(lease.row.id, lease.token))) > 0;
  }

  /** Gives the run back, to be taken up by the next message. */
  async release(lease: Lease, nowMs: number): Promise<void> {
    await this.update({ leaseUntilMs: 0, aliveAt: nowMs }, this.held(lease.row.id, lease.token));
  }

  /** Stores the report's parts, then ends the run. False where the lease was lost. */
  async finish(lease: Lease, report: Report, nowMs: number): Promise<boolean> {
    await Promise.all(
      REPORT_PARTS.map((part) =>
        this.bucket.put(reportKey(lease.row, part), JSON.stringify(report[part]), {
          httpMetadata: { contentType: "application/json" },
        }),
      ),
    );
    const headline = headlineOf(report);
    const { totalReturn, sharpe, maxDrawdown, trades } = headline;
    const values = { status: "done" as const, headline, totalReturn, sharpe, maxDrawdown, trades, ...ended(nowMs) };
    const done = await this.endAsTrial(lease, values, trialSharpe(report.overview));
    if (done) await this.dropCheckpoints(lease.row);
    return done;
  }

  /**
   * Writes the end of a run and counts its Sharpe ratio among its trials, both or neither: whoever has lost the lease, or
   * comes a second time, adds nothing.
   */
  private async endAsTrial(
    lease: Lease,
    values: Partial<NewRow> & { readonly headline: Headline; readonly finishedAt: number },
    sharpe: number | undefined,
  ): Promise<boolean> {
    const { id, ownerId, trialSubject } = lease.row;
    const held = and(eq(backtests.ownerId, ownerId), this.held(id, lease.token));
    if (held === undefined) throw new Error("an update of a run must say which");
    const end = this.owned.prepareUpdate(backtests, values, held);
    const trial =
      sharpe === undefined || trialSubject === null ? [] : [this.trialStatement(trialSubject, sharpe, held)];
    const { finishedAt: nowMs } = values;
    const told = prepareRunNotice(this.owned, lease.row, {
      status: "done",
      text: headlineText(values.headline),
      nowMs,
    });
    const changes = await this.owned.batch([...trial, end, ...told]);
    return (changes[trial.length] ?? 0) > 0;
  }

  private trialStatement(subject: string, sharpe: number, held: SQL): BatchItem<"sqlite"> {
    const sums = {
      finished: sql`finished + 1`,
      sharpeSum: sql`sharpe_sum + ${sharpe}`,
      sharpeSquares: sql`sharpe_squares + ${sharpe * sharpe}`,
    };
    const mine = and(eq(trialCounts.subject, subject), sql`exists (select 1 from ${backtests} where ${held})`);
    if (mine === undefined) throw new Error("a trial must belong to a run");
    return this.owned.prepareUpdate(trialCounts, sums, mine);
  }

  /**
   * Ends a run without a report, whoever holds it. False where it had ended already. The statements of `along` are stored
   * with it, also where it had ended; those that tell of the end alone look at `changes()`.
   */
  async end(
    row: Pick<BacktestRow, "id" | "ownerId"> & { readonly name?: string },
    outcome: { status: "failed" | "cancelled"; error: { code: string; message: string } | null; nowMs: number },
    { where, along = [] }: { where?: SQL; along?: readonly BatchItem<"sqlite">[] } = {},
  ): Promise<boolean> {
    const { status, error, nowMs } = outcome;
    const values = { status, errorCode: error?.code ?? null, errorMessage: error?.message ?? null, ...ended(nowMs) };
    const unfinished = and(eq(backtests.id, row.id), UNFINISHED, where);
    if (unfinished === undefined) throw new Error("an update of a run must say which");
    const text = error?.message ?? "";
    const told = status === "failed" ? prepareRunNotice(this.owned, row, { status, text, nowMs }) : [];
    const end = this.owned.prepareUpdate(backtests, values, unfinished);
    const [changed = 0] = await this.owned.batch([end, ...told, ...along]);
    if (changed > 0) await this.dropCheckpoints(row);
    return changed > 0;
  }

  async readReport(row: Pick<BacktestRow, "id" | "ownerId">, part: ReportPart): Promise<R2ObjectBody | null> {
    return this.bucket.get(reportKey(row, part));
  }

  /** Removes everything stored of a run but its row. */
  async dropObjects(row: Pick<BacktestRow, "id" | "ownerId">): Promise<void> {
    await this.dropPrefix(runPrefix(row));
  }

  /** Removes everything stored of a run whose row is gone. */
  async dropIfGone(row: Pick<BacktestRow, "id" | "ownerId">): Promise<void> {
    if ((await this.owned.find(backtests, eq(backtests.id, row.id))) === undefined) await this.dropObjects(row);
  }

  private async dropCheckpoints(row: Pick<BacktestRow, "id" | "ownerId">): Promise<void> {
    await this.dropPrefix(`${runPrefix(row)}checkpoint/`);
  }

  private async dropPrefix(prefix: string): Promise<void> {
    const { objects } = await this.bucket.list({ prefix });
    if (objects.length > 0) await this.bucket.delete(objects.map((object) => object.key));
  }

  private held(runId: string, token: string): SQL | undefined {
    return and(eq(backtests.id, runId), UNFINISHED, eq(backtests.leaseToken, token));
  }

  private update(values: Partial<NewRow>, where: SQL | undefined): Promise<number> {
    if (where === undefined) throw new Error("an update of a run must say which");
    return this.owned.update(backtests, values, where);
  }
}

/** Runs that nobody has said anything about since `silentSinceMs`. */
export function silentRuns(silentSinceMs: number): SQL | undefined {
  return and(UNFINISHED, lt(backtests.aliveAt, silentSinceMs));
}

function ended(nowMs: number) {
  return { finishedAt: nowMs, aliveAt: nowMs, leaseToken: null, leaseUntilMs: 0, checkpointKey: null };
}

function runPrefix(row: Pick<BacktestRow, "id" | "ownerId">): string {
  return `runs/${row.ownerId}/${row.id}/`;
}

function reportKey(row: Pick<BacktestRow, "id" | "ownerId">, part: ReportPart): string {
  return `${runPrefix(row)}report/${part}.json`;
}

/** The figures that somebody looks for first. */
function headlineText({ totalReturn, maxDrawdown, trades }: Headline): string {
  const percent = (share: number | null) => (share === null ? "—" : `${(share * 100).toFixed(2).replace("-", "−")} %`);
  return `Return ${percent(totalReturn)}, worst fall ${percent(maxDrawdown)}, ${trades} trades.`;
}

function headlineOf(report: Report): Headline {
  const { statistics, checks } = report.overview;
  const { totalReturn, cagr, maxDrawdown, sharpe, profitFactor, winRate, trades, exposure } = statistics;
  const run = checks.filter((check) => check.passed !== null);
  const checksPassed = run.filter((check) => check.passed === true).length;
  return {
    ...{ totalReturn, cagr, maxDrawdown, sharpe, profitFactor, winRate, trades, exposure },
    checksPassed,
    checksRun: run.length,
  };
}

import type { AccountState } from "../../schema/wire/trading.ts";
import { MINUTE_MS } from "../core/candle/timeframe.ts";
import { toDouble } from "../core/ledger/decimal-double.ts";
import type { Clock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import type { AccountNotices } from "./account-notices.ts";
import type { AccountRecord } from "./account-record.ts";
import type { AccountVenue } from "./account-venue.ts";
import { accountHalt } from "./account-view.ts";
import type { Desk } from "./desk.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import type { LinkConnection } from "./link-machine.ts";
import { listedUpTo, projectAccount } from "./project-account.ts";
import { reportToDashboard } from "./report-account.ts";
import type { SqlDeskStore } from "./sql-desk-store.ts";

/** How long lists may lag behind while the database does not answer, until it is tried again. */
const PROJECT_AGAIN_MS = 10_000;

/** What is made of an account's storage when it is first needed. */
export interface OpenAccount {
  readonly record: AccountRecord;
  readonly store: SqlDeskStore;
  readonly desk: Desk;
  readonly venue: AccountVenue;
  readonly outbox: AccountOutbox;
  readonly notices: AccountNotices;
  /** How the venue's stream stands; undefined where there are no sidecars. */
  readonly line: () => LinkConnection | undefined;
}

/** Number of the last alert that the dashboard was told of. */
const TOLD_ALERTS = "told-alerts";
/** Up to when the dashboard knows what is over, UTC ms. */
const TOLD_SETTLED = "told-settled";

interface OutboxParts {
  readonly env: Env;
  readonly ctx: DurableObjectState;
  readonly record: AccountRecord;
  readonly store: SqlDeskStore;
  readonly desk: Desk;
  readonly now: Clock;
}

/** What leaves an account for lists, charts and the dashboard. None of it may hold up an order. */
export class AccountOutbox {
  private readonly parts: OutboxParts;
  private projecting: Promise<void> | undefined;
  /** Something changed while lists were brought up to date: what was read before does not have it. */
  private changedMeanwhile = false;
  private projectAfter = 0;
  /** What the dashboard was told last. */
  private told: AccountState | undefined;

  constructor(parts: OutboxParts) {
    this.parts = parts;
  }

  /** Keeps the minute's equity. */
  keepEquity(): void {
    const { desk, store } = this.parts;
    const { track } = desk.books.scope(ACCOUNT_SCOPE);
    const minute = Math.floor(desk.books.clock() / MINUTE_MS) * MINUTE_MS;
    if (track === undefined) return;
    const last = store.lastEquityAt() ?? 0;
    // The market's time never goes back: what stands ahead of it was kept on another clock.
    if (desk.books.account.marketTime && last > minute) store.dropEquityAfter(minute);
    else if (last >= minute) return;
    store.keepEquity(minute, toDouble(track.equity));
  }

  tellDashboard(state: AccountState): void {
    const { ctx, env, record, store, desk } = this.parts;
    this.told = state;
    const told = Number(store.read(TOLD_ALERTS) ?? "0");
    const fresh = state.alerts.filter((alert) => Number(alert.id) > told);
    const toldSettled = Number(store.read(TOLD_SETTLED) ?? "0");
    const settled = state.alerts.filter(({ settledAt = 0 }) => settledAt > toldSettled);
    const last = fresh.at(0)?.id;
    const note = () => {
      if (last !== undefined) store.write(TOLD_ALERTS, last);
      const lastSettled = Math.max(...settled.map(({ settledAt = 0 }) => settledAt));
      if (settled.length > 0) store.write(TOLD_SETTLED, String(lastSettled));
    };
    const orderChanges = { desk: store.lastEventSequence(), lists: listedUpTo(store) };
    const report = { state, halt: accountHalt(desk), orderChanges, alerts: fresh.toReversed(), settled };
    ctx.waitUntil(reportToDashboard(env, record, report).then((done) => done && note()));
  }

  /** Brings lists up to date, one run at a time, and tells those who watch that lists have more: once for all that came together. */
  project(): void {
    const { ctx, env, now, record, store } = this.parts;
    this.changedMeanwhile = true;
    if (this.projecting !== undefined || now() < this.projectAfter) return;
    const ids = { ownerId: record.ownerId, accountId: record.account.id };
    const run = async () => {
      const database = openDatabase(env.DB);
      while (this.changedMeanwhile) {
        this.changedMeanwhile = false;
        const before = listedUpTo(store);
        while (!(await projectAccount(database, store, ids)));
        if (this.told !== undefined && listedUpTo(store) !== before) this.tellDashboard(this.told);
      }
    };
    this.projecting = run()
      .catch((error: unknown) => {
        this.projectAfter = now() + PROJECT_AGAIN_MS;
        logEvent("projection_failed", { id: record.account.id, error });
      })
      .finally(() => {
        this.projecting = undefined;
      });
    ctx.waitUntil(this.projecting);
  }

  /** When lists that could not be reached are tried again, UTC ms. */
  nextTryAt(): number | undefined {
    return this.projectAfter > this.parts.now() ? this.projectAfter : undefined;
  }
}

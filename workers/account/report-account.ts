import { type DashboardAccount, DOUBTS_SHOWN_MAX, type OrderInDoubt, type TradingHalt } from "../../schema/wire/bot.ts";
import type { AccountState, TradingAccount } from "../../schema/wire/trading.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import type { AccountRecord } from "./account-record.ts";

/**
 * Tells the owner's dashboard how an account stands, what is new to be looked at, oldest first, and what of it is over. A dashboard that cannot
 * be reached holds up nothing: false, and the same alerts are told again with the next report.
 */
export async function reportToDashboard(
  env: Env,
  { ownerId, account }: AccountRecord,
  told: {
    readonly state: AccountState;
    readonly halt: TradingHalt | null;
    readonly orderChanges: DashboardAccount["orderChanges"];
    readonly alerts: AccountState["alerts"];
    readonly settled: AccountState["alerts"];
  },
): Promise<boolean> {
  try {
    const hub = env.HUB.getByName(await objectName({ kind: "hub", ownerId, id: "dashboard" }));
    await hub.reportAccount({ ownerId, account: dashboardAccount(account, told) });
    for (const { id, ...alert } of told.alerts) {
      await hub.alert({ ownerId, alert: { ...alert, id: `${account.id}:${id}`, accountId: account.id } });
    }
    const settled = told.settled.map(({ id, settledAt = 0 }) => [`${account.id}:${id}`, { settledAt }]);
    if (settled.length > 0) await hub.settleAlerts({ ownerId, settled: Object.fromEntries(settled) });
    return true;
  } catch (error) {
    logEvent("dashboard_not_told", { id: account.id, error });
    return false;
  }
}

/** The part of an account's state that a dashboard shows. */
export function dashboardAccount(
  { name, market }: Pick<TradingAccount, "name" | "market">,
  {
    state,
    halt,
    orderChanges,
  }: {
    readonly state: AccountState;
    readonly halt: TradingHalt | null;
    readonly orderChanges: DashboardAccount["orderChanges"];
  },
): DashboardAccount {
  const { accountId, mode, currency, equity, profitToday, drawdown, marketAt, connection } = state;
  return {
    ...{ accountId, name, mode, currency, state: state.state, halt, equity, profitToday, drawdown, marketAt },
    venue: market.kind === "venue" ? { name: market.venue, environment: market.environment } : null,
    connection: connection.state,
    silentSince: connection.state === "disconnected" ? connection.since : null,
    differences: state.halts,
    doubts: doubtsOf(state),
    stream: state.stream,
    openOrders: state.openOrders.length,
    orderChanges,
    positions: state.positions.map(({ instrument, quantity, averagePrice, mark, unrealised }) => ({
      ...{ instrument, quantity, averagePrice, mark, unrealised },
    })),
  };
}

function doubtsOf({ openOrders }: AccountState): DashboardAccount["doubts"] {
  const all = openOrders.flatMap(({ id, instrument, side, quantity, state, released, createdAt }): OrderInDoubt[] =>
    (state === "UNKNOWN" || state === "LOST") && !released
      ? [{ id, instrument, side, quantity, state, sentAt: createdAt }]
      : [],
  );
  all.sort((a, b) => a.sentAt - b.sentAt);
  return { count: all.length, orders: all.slice(0, DOUBTS_SHOWN_MAX) };
}

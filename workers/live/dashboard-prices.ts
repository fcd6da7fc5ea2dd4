import type { DashboardAccount } from "../../schema/wire/bot.ts";
import { arePricesDue } from "../platform/price-storing.ts";

/** Which reports of accounts are stored: one that differs only in what prices make of it waits for a while. */
export class DashboardPrices {
  /** When each account was stored last, UTC ms. */
  private readonly storedAt = new Map<string, number>();

  /** Whether a report is to be stored; it counts as stored then. `before` is the one that came last. */
  isToStore(account: DashboardAccount, before: DashboardAccount | undefined, now: number): boolean {
    const { accountId } = account;
    const isDue = arePricesDue(this.storedAt.get(accountId) ?? Number.NEGATIVE_INFINITY, now);
    if (!isDue && before !== undefined && isSameBesidesPrices(account, before)) return false;
    this.storedAt.set(accountId, now);
    return true;
  }
}

function isSameBesidesPrices(left: DashboardAccount, right: DashboardAccount): boolean {
  return JSON.stringify(withoutPrices(left)) === JSON.stringify(withoutPrices(right));
}

function withoutPrices(account: DashboardAccount) {
  const positions = account.positions.map((position) => ({ ...position, mark: null, unrealised: null }));
  // Numbers of changes only say to look again: after a sleep everybody does.
  return { ...account, equity: null, profitToday: null, drawdown: null, marketAt: null, orderChanges: null, positions };
}

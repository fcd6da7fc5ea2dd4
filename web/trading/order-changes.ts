import type { DashboardAccount } from "../../schema/wire/bot.ts";

/** Changes that come together, as of a kill switch, are waited for this long before lists are asked. */
export const LISTS_GATHER_MS = 300;
/** Lists are asked no sooner than this after their last answer, however much changes. */
export const LISTS_PAUSE_MS = 1_000;
/** An order's dialog shows one order of one desk: soon, and no more often than a person can read. */
export const ORDER_GATHER_MS = 100;
export const ORDER_PAUSE_MS = 400;

type Accounts = Readonly<Record<string, Pick<DashboardAccount, "accountId" | "orderChanges">>>;

export interface OrderChangesDeps {
  /** Asks for the lists that are on screen; done once they are answered. */
  readonly askLists: () => Promise<unknown>;
  /** Asks the desks of these accounts for the orders that are on screen. */
  readonly askOrders: (accountIds: ReadonlySet<string>) => Promise<unknown>;
  readonly later: (act: () => void, delayMs: number) => void;
}

/**
 * Takes what the dashboard tells of accounts and asks for orders and lists where it says that they changed. The first word
 * of an account tells of nothing new.
 */
export function followOrderChanges({ askLists, askOrders, later }: OrderChangesDeps): (accounts: Accounts) => void {
  const known = new Map<string, NonNullable<DashboardAccount["orderChanges"]>>();
  const changed = new Set<string>();
  const lists = gathered(askLists, { later, gatherMs: LISTS_GATHER_MS, pauseMs: LISTS_PAUSE_MS });
  const orders = gathered(
    () => {
      const accountIds = new Set(changed);
      changed.clear();
      return askOrders(accountIds);
    },
    { later, gatherMs: ORDER_GATHER_MS, pauseMs: ORDER_PAUSE_MS },
  );
  return (accounts) => {
    for (const { accountId, orderChanges } of Object.values(accounts)) {
      const before = known.get(accountId);
      if (orderChanges === null) continue;
      known.set(accountId, orderChanges);
      if (before === undefined) continue;
      if (before.lists !== orderChanges.lists) lists();
      if (before.desk === orderChanges.desk) continue;
      changed.add(accountId);
      orders();
    }
  };
}

interface Pace {
  readonly later: (act: () => void, delayMs: number) => void;
  readonly gatherMs: number;
  readonly pauseMs: number;
}

/** `act` once for all calls that come together; what comes while it is under way, or in the pause after it, once more. */
function gathered(act: () => Promise<unknown>, { later, gatherMs, pauseMs }: Pace): () => void {
  let state: "idle" | "waiting" | "busy" | "busy, called again" = "idle";
  const call = () => {
    if (state === "busy") state = "busy, called again";
    if (state !== "idle") return;
    state = "waiting";
    later(run, gatherMs);
  };
  const run = () => {
    state = "busy";
    const ended = () => later(rest, Math.max(0, pauseMs - gatherMs));
    act().then(ended, ended);
  };
  const rest = () => {
    const again = state === "busy, called again";
    state = "idle";
    if (again) call();
  };
  return call;
}

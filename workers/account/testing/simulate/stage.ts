import { ALWAYS_OPEN } from "../../../core/candle/trading-calendar.ts";
import { money } from "../../../core/testing/orders.ts";
import { rulesOf } from "../../../core/testing/risk-books.ts";
import type { DeskAccount } from "../../desk-account.ts";
import type { SwitchScope } from "../../desk-switches.ts";
import { INSTRUMENTS } from "./market.ts";

export const STEP_MS = 500;
export const START = 1_700_000_000_000;
/** How often the feed tells its prices. */
export const MARK_STEPS = 8;
export const MARK_EVERY_MS = MARK_STEPS * STEP_MS;
export const POSITION_MAX = 10;
export const OPEN_ORDERS_MAX = 8;
export const BOT_CAPITAL = money("20000");
export const BOTS = ["bot-1", "bot-2", "bot-3"] as const;

export const ACCOUNT: DeskAccount = {
  id: "account-1",
  currency: "USD",
  method: "fifo",
  instruments: new Map(
    INSTRUMENTS.map((instrument) => [instrument, { ...rulesOf(), calendar: ALWAYS_OPEN, quote: "USD" }]),
  ),
  marketTime: false,
  balanceTolerance: "0",
};

/** A kill switch that was thrown and acknowledged, at true time. */
export interface Kill {
  readonly scope: SwitchScope;
  readonly flatten: boolean;
}

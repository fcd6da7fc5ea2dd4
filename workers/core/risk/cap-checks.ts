import { add, type Decimal, divide, larger, type Money, multiply, NO_MONEY, negate } from "../ledger/decimal.ts";
import type { Side } from "../ledger/decimal-grid.ts";
import { isReserved } from "../order/desk-order.ts";
import type { CapName } from "./cap.ts";
import { type Check, type CheckInput, type Denial, denialByCap, ofCount, referenceIn } from "./check.ts";
import { drawdownOf, lossOfDay } from "./equity-track.ts";
import {
  type Exposure,
  exposuresOf,
  extended,
  heldOf,
  highestPrice,
  isReducingWithin,
  openNotional,
  ordersOf,
  reachOf,
  reachOnSide,
  worth,
} from "./exposure.ts";
import { RISK_SCOPES, type RiskScope } from "./risk-book.ts";

/** How much: of the order, of the position it leads to, of everything together, and of what was lost. */
export const CAP_CHECKS: readonly Check[] = [
  { name: "order size", check: eachScope(checkOrder) },
  { name: "position", check: eachScope(checkPosition) },
  { name: "exposure and leverage", check: eachScope(checkExposure) },
  { name: "open orders", check: eachScope(checkOpenOrders) },
  { name: "losses", check: eachScope(checkLosses) },
];

type ScopeCheck = (input: CheckInput, scope: RiskScope) => Denial | undefined;

function eachScope(check: ScopeCheck): Check["check"] {
  return (input) => {
    for (const scope of RISK_SCOPES) {
      const denial = check(input, scope);
      if (denial !== undefined) return denial;
    }
    return undefined;
  };
}

/** The first cap that a value breaks. */
function firstBroken(
  input: CheckInput,
  scope: RiskScope,
  values: readonly (readonly [name: CapName, value: Decimal])[],
): Denial | undefined {
  for (const [name, value] of values) {
    const denial = denialByCap(input, { name, scope, value });
    if (denial !== undefined) return denial;
  }
  return undefined;
}

function checkOrder(input: CheckInput, scope: RiskScope): Denial | undefined {
  const { intent, book } = input;
  const reference = referenceIn(book)(intent.instrument);
  const value = worth(intent.quantity, highestPrice(intent, reference), reference);
  return firstBroken(input, scope, [
    ["orderQuantity", intent.quantity],
    ["orderNotional", value],
  ]);
}

/** An order away from a position that is too large already may pass: only what grows is held against the cap. */
function checkPosition(input: CheckInput, scope: RiskScope): Denial | undefined {
  const { intent, book } = input;
  const reference = referenceIn(book)(intent.instrument);
  const open = reachOf(heldOf(book, scope, intent.instrument), ordersOf(book, scope, intent), intent.instrument);
  const reach = reachOnSide(extended(open, intent.side, intent.quantity), intent.side);
  return firstBroken(input, scope, [
    ["positionQuantity", reach],
    ["positionNotional", worth(reach, reference.price, reference)],
  ]);
}

/** What does not make exposure larger is not held against a cap of it, so that there is always a way down. */
function checkExposure(input: CheckInput, scope: RiskScope): Denial | undefined {
  const { intent, book } = input;
  const { before, after } = exposuresOf(book, { scope, intent }, referenceIn(book));
  if (after.gross > before.gross) {
    const tooMuch =
      firstBroken(input, scope, [["grossExposure", after.gross]]) ?? checkLeverage(input, scope, after.gross);
    if (tooMuch !== undefined) return tooMuch;
  }
  const net = netOf(after, intent.side);
  return net > netOf(before, intent.side) ? firstBroken(input, scope, [["netExposure", net]]) : undefined;
}

function checkLeverage(input: CheckInput, scope: RiskScope, gross: Money): Denial | undefined {
  const { equity } = input.book[scope].equity;
  // Without equity any exposure is more than any multiple of it; what is shown then is the exposure itself.
  const value = equity > 0n ? divide(gross, equity, { decimals: 18, rounding: "ceil" }) : gross;
  const isBroken = (limit: Decimal) => equity <= 0n || gross > multiply(equity, limit, FLOOR);
  return denialByCap(input, { name: "leverage", scope, value }, isBroken);
}

const FLOOR = { decimals: 18, rounding: "floor" } as const;

/** Net exposure to the side that the order trades to. */
function netOf({ netLong, netShort }: Exposure, side: Side): Money {
  return larger(side === "buy" ? netLong : negate(netShort), NO_MONEY);
}

function checkOpenOrders(input: CheckInput, scope: RiskScope): Denial | undefined {
  const { intent, book } = input;
  const orders = ordersOf(book, scope, intent).filter(isReserved);
  const referenceOf = referenceIn(book);
  const reference = referenceOf(intent.instrument);
  const own = worth(intent.quantity, highestPrice(intent, reference), reference);
  return firstBroken(input, scope, [
    ["openOrders", ofCount(orders.length + 1)],
    ["openOrderNotional", add(openNotional(orders, referenceOf), own)],
  ]);
}

/** After too large a loss a position may still be made smaller, and nothing else. */
function checkLosses(input: CheckInput, scope: RiskScope): Denial | undefined {
  const { intent, book } = input;
  if (isReducingWithin(book, scope, intent)) return undefined;
  const track = book[scope].equity;
  return firstBroken(input, scope, [
    ["dailyLoss", lossOfDay(track)],
    ["drawdown", drawdownOf(track)],
  ]);
}

import { add, type Decimal, divide, larger, type Money, magnitude, NO_MONEY, negate } from "../ledger/decimal.ts";
import { type DeskOrder, isReserved } from "../order/desk-order.ts";
import { type BindingLimit, bindingLimit, CAP_NAMES, CAPS, type CapName, type CapUnit, type Limits } from "./cap.ts";
import { ofCount } from "./check.ts";
import { drawdownOf, lossOfDay } from "./equity-track.ts";
import { apartLegs, openNotional, reachOf, widest, worth } from "./exposure.ts";
import type { Reference, RiskBook, RiskScope } from "./risk-book.ts";
import { EXECUTION_WINDOW_MS } from "./throttle.ts";

/** How much of a cap is used; undefined where the cap measures an order and not what is held, or nothing is known. */
export interface CapUse {
  readonly cap: CapName;
  readonly unit: CapUnit;
  readonly measured: string;
  readonly limit: Decimal;
  readonly level: BindingLimit["level"];
  readonly used: Decimal | undefined;
}

export interface CapUseInput {
  readonly book: RiskBook;
  /** Orders of the scope. */
  readonly orders: readonly DeskOrder[];
  readonly limits: Limits;
  readonly scope: RiskScope;
  /** UTC ms. */
  readonly now: number;
}

/** Every cap that binds a scope, and how much of it is used: measured as verdicts measure it, without a new order. */
export function capUses(input: CapUseInput): CapUse[] {
  const used = measures(input);
  return CAP_NAMES.flatMap((cap) => {
    const binding = bindingLimit(input.limits, cap, input.scope);
    if (binding === undefined) return [];
    const { unit, measured } = CAPS[cap];
    return [{ cap, unit, measured, limit: binding.limit, level: binding.level, used: used[cap] }];
  });
}

function measures(input: CapUseInput): Partial<Record<CapName, Decimal>> {
  const { book, orders, scope, now } = input;
  const own = book[scope];
  const counts: Partial<Record<CapName, Decimal>> = {
    openOrders: ofCount(orders.filter(isReserved).length),
    dailyLoss: lossOfDay(own.equity),
    drawdown: drawdownOf(own.equity),
    executions: ofCount(own.executions.filter((at) => at > now - EXECUTION_WINDOW_MS).length),
    rejectsInARow: ofCount(own.rejectsInARow),
  };
  const exposures = exposuresNow(input);
  return exposures === undefined ? counts : { ...counts, ...exposures };
}

/** What is held and ordered, at the reference prices; undefined where one of them is unknown. */
function exposuresNow({ book, orders, scope }: CapUseInput): Partial<Record<CapName, Decimal>> | undefined {
  const { positions, equity } = book[scope];
  const apart = apartLegs(orders);
  const instruments = new Set([...positions.keys(), ...apart.map((order) => order.instrument)]);
  let gross: Money = NO_MONEY;
  let netLong: Money = NO_MONEY;
  let netShort: Money = NO_MONEY;
  let largest: Money = NO_MONEY;
  for (const instrument of instruments) {
    const reference = book.references.get(instrument);
    if (reference === undefined) return undefined;
    const reach = reachOf(positions.get(instrument) ?? (0n as never), apart, instrument);
    const value = worth(widest(reach), reference.price, reference);
    gross = add(gross, value);
    largest = larger(largest, value);
    netLong = add(netLong, worth(reach.long, reference.price, reference));
    netShort = add(netShort, worth(negate(reach.short), reference.price, reference));
  }
  const referenceOf = (instrument: string) => book.references.get(instrument) as Reference;
  return {
    positionNotional: largest,
    grossExposure: gross,
    netExposure: larger(magnitude(netLong), magnitude(netShort)),
    openOrderNotional: openNotional(orders, referenceOf),
    ...(equity.equity > 0n ? { leverage: divide(gross, equity.equity, { decimals: 6, rounding: "ceil" }) } : {}),
  };
}

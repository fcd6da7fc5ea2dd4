/** ACTIVE trades. REDUCING may only make positions smaller. HALTED sends nothing until a person arms it again. */
export const TRADING_STATES = ["ACTIVE", "REDUCING", "HALTED"] as const;
export type TradingState = (typeof TRADING_STATES)[number];

/** What each state lets through. Cancels always pass: they only ever take risk away. */
export const STATE_ALLOWS: Readonly<
  Record<TradingState, { readonly cancel: true; readonly reduce: boolean; readonly increase: boolean }>
> = {
  ACTIVE: { cancel: true, reduce: true, increase: true },
  REDUCING: { cancel: true, reduce: true, increase: false },
  HALTED: { cancel: true, reduce: false, increase: false },
};

/** Whose state it is: each switch holds for everything within. */
export const STATE_SCOPES = ["platform", "user", "account", "instrument", "bot"] as const;
export type StateScope = (typeof STATE_SCOPES)[number];
export type TradingStates = Readonly<Record<StateScope, TradingState>>;

/** The strictest of all states, and the widest scope that has it. */
export function bindingState(states: TradingStates): { readonly state: TradingState; readonly scope: StateScope } {
  return STATE_SCOPES.map((scope) => ({ state: states[scope], scope })).reduce((best, next) =>
    TRADING_STATES.indexOf(next.state) > TRADING_STATES.indexOf(best.state) ? next : best,
  );
}

import { z } from "zod";
import { PageQuery, TimeMs } from "./primitive.ts";
import { ParameterValues } from "./strategy.ts";

/** Longest message that is taken: what TradingView lets an alert say, twice over. */
export const SIGNAL_BYTES_MAX = 8_192;
/** Signals that a bot's log keeps: a burst of a thousand, and months of an ordinary bot. */
export const SIGNALS_KEPT_MAX = 5_000;
/** Names of symbols that a sender may use for the bot's instruments. */
export const SYMBOL_NAMES_MAX = 50;

/** No rules of its own: signals from outside say what the bot does. */
export const SignalsChoice = z.strictObject({
  kind: z.literal("signals"),
  /** There are none. */
  parameters: ParameterValues.default({}),
});

/** What a signal wants: a position to be in, or one that shall not be held any more. */
export const SignalWish = z.enum(["long", "short", "flat", "exit-long", "exit-short"]);
export type SignalWish = z.infer<typeof SignalWish>;

/**
 * `received`: waits for its turn. `acted`: orders were asked for. `unneeded`: the bot was there already. `superseded`: a newer
 * one came before its turn. `duplicate`, `stale`, `out-of-order`: recorded and not acted on. `denied`: by the bot's settings,
 * its state, the desk or the venue. `refused`: not understood. `failed`: it was to be acted on and could not be.
 */
export const SIGNAL_STATES = [
  "received",
  "acted",
  "unneeded",
  "superseded",
  "duplicate",
  "stale",
  "out-of-order",
  "denied",
  "refused",
  "failed",
] as const;
export const SignalState = z.enum(SIGNAL_STATES);
export type SignalState = z.infer<typeof SignalState>;

/** Prices that a signal gives its entry; text, since they are money. */
export const SignalTerms = z.object({
  limit: z.string().optional(),
  entryStop: z.string().optional(),
  stop: z.string().optional(),
  target: z.string().optional(),
  trail: z.string().optional(),
  /** Share of the bot's size, 0 to 1. */
  scale: z.number().optional(),
});
export type SignalTerms = z.infer<typeof SignalTerms>;

/** A signal as the bot's log keeps it. */
export const Signal = z.object({
  id: z.string(),
  sequence: z.number().int(),
  /** When it came in. */
  at: TimeMs,
  /** When its sender says it was sent, and the open of the bar that it is about. */
  sentAt: TimeMs.nullable(),
  barAt: TimeMs.nullable(),
  /** Null where it was not understood. */
  wish: SignalWish.nullable(),
  instrument: z.string().nullable(),
  terms: SignalTerms,
  state: SignalState,
  reason: z.string().nullable(),
  /** When its state was settled. */
  settledAt: TimeMs.nullable(),
  orderIds: z.array(z.string()),
  /** The signal that a person had acted on again by this one. */
  replayOf: z.string().nullable(),
});
export type Signal = z.infer<typeof Signal>;

/** What the sender is answered. A heartbeat is only noted: it is in no list. */
export const SignalReceipt = z.object({
  id: z.string(),
  state: z.union([SignalState, z.literal("heartbeat")]),
  reason: z.string().nullable(),
});
export type SignalReceipt = z.infer<typeof SignalReceipt>;

/** What a message has to bring besides the address: nothing, the secret in its body, or a signature in a header. */
export const HookProof = z.enum(["address", "secret", "signature"]);
export type HookProof = z.infer<typeof HookProof>;

/** How messages are taken. Times in seconds. */
export const HookSettings = z.strictObject({
  proof: HookProof.default("address"),
  /** A message that says it was sent longer ago is stale. */
  maxAgeSeconds: z.number().int().min(5).max(86_400).default(60),
  /** The same wish for the same bar within this time is one. */
  repeatSeconds: z.number().int().min(1).max(86_400).default(60),
  /** An alert is raised where nothing was heard for so long; null for never. */
  expectSeconds: z.number().int().min(60).max(2_592_000).nullable().default(null),
  /** What a sender calls the bot's instruments, such as `BTCUSDT` for `SIM:BTC-USD`. */
  symbols: z
    .record(z.string().min(1).max(60), z.string().max(60))
    .refine((names) => Object.keys(names).length <= SYMBOL_NAMES_MAX, `must have at most ${SYMBOL_NAMES_MAX} names`)
    .default({}),
});
export type HookSettings = z.infer<typeof HookSettings>;

/** A change of some of them. */
export const EditHook = z.strictObject({
  proof: HookProof.optional(),
  maxAgeSeconds: HookSettings.shape.maxAgeSeconds.unwrap().optional(),
  repeatSeconds: HookSettings.shape.repeatSeconds.unwrap().optional(),
  expectSeconds: HookSettings.shape.expectSeconds.unwrap().optional(),
  symbols: HookSettings.shape.symbols.unwrap().optional(),
});
export type EditHook = z.infer<typeof EditHook>;

/** A bot's address for signals, without what it is kept secret for. */
export const Hook = z.object({
  settings: HookSettings,
  /** Where there is an address now. */
  active: z.boolean(),
  /** How the address ends, to tell it from an older one; null without one. */
  ending: z.string().nullable(),
  madeAt: TimeMs.nullable(),
  heardAt: TimeMs.nullable(),
  /** Since when something was expected that did not come; null where all is well. */
  missingSince: TimeMs.nullable(),
  /** Until when nothing is taken, since too many proofs were wrong. */
  lockedUntil: TimeMs.nullable(),
});
export type Hook = z.infer<typeof Hook>;

/** A new address with what belongs to it. None of the three is shown again. */
export const NewHook = Hook.extend({ address: z.string(), secret: z.string(), signingKey: z.string() });
export type NewHook = z.infer<typeof NewHook>;

export const ListSignals = PageQuery.extend({ state: SignalState.optional() });
export type ListSignals = z.infer<typeof ListSignals>;

export const CheckSignal = z.strictObject({ message: z.string().max(SIGNAL_BYTES_MAX) });
export type CheckSignal = z.infer<typeof CheckSignal>;

/** How a message would be taken, with nothing done. */
export const SignalCheck = z.object({
  state: SignalReceipt.shape.state,
  reason: z.string().nullable(),
  wish: SignalWish.nullable(),
  instrument: z.string().nullable(),
  terms: SignalTerms,
});
export type SignalCheck = z.infer<typeof SignalCheck>;

/** The signals of a bot as its page shows them. */
export const SignalsState = z.object({
  /** Signals that wait for their turn. */
  waiting: z.number().int(),
  heardAt: TimeMs.nullable(),
  missingSince: TimeMs.nullable(),
  /** The newest, newest first. */
  latest: z.array(Signal),
});
export type SignalsState = z.infer<typeof SignalsState>;

/** What TradingView fills into the alert of a strategy. */
export const STRATEGY_TEMPLATE = {
  symbol: "{{exchange}}:{{ticker}}",
  action: "{{strategy.order.action}}",
  position: "{{strategy.market_position}}",
  price: "{{close}}",
  bar: "{{time}}",
  time: "{{timenow}}",
} as const;

/** The same for an alert of an indicator, which says nothing of a position: each alert has its own `action`. */
export function indicatorTemplate(action: SignalWish | "heartbeat") {
  const { symbol, price, bar, time } = STRATEGY_TEMPLATE;
  return { symbol, action, price, bar, time };
}

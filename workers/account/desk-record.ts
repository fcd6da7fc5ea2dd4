import { z } from "zod";
import { TRADING_STATES } from "../core/risk/trading-state.ts";
import { SWITCHED_BY } from "./scope-books.ts";

/** Alerts that an account keeps: a page's worth. */
export const ALERTS_KEPT = 50;
/** Orders that may count as repeats of a new one: more than any rate lets through within the longest window. */
export const RECENT_KEPT = 200;

/** Cuts of a bot's shares that a desk remembers until it has heard of them: people make them by hand, now and then. */
export const CUTS_KEPT = 10;

const StoredSwitch = z.object({
  state: z.enum(TRADING_STATES),
  reason: z.string().optional(),
  since: z.number().optional(),
  until: z.number().optional(),
  by: z.enum(SWITCHED_BY).optional(),
});

/** A part of the book that a kill switch shall also close; without a bot or an instrument, all of them. */
const FlattenTask = z.object({
  bot: z.string().optional(),
  instrument: z.string().optional(),
  /** When it was asked for, UTC ms: makes the ids of its orders. */
  at: z.number(),
  /** Times that it was tried so far, and when last, UTC ms. */
  attempts: z.number().int(),
  /** Of these, the last ones after which as much was held as before, and how many positions that were. */
  inVain: z.number().int().optional(),
  left: z.number().int().optional(),
  triedAt: z.number().optional(),
});
export type FlattenTask = z.infer<typeof FlattenTask>;

/** `trade`: what the account itself traded at since, until a price is told that is as new. */
const StoredMark = z.object({
  ...{ price: z.string(), at: z.number(), heardAt: z.number(), intervalMs: z.number() },
  trade: z.object({ price: z.string(), at: z.number(), heardAt: z.number() }).optional(),
});
export type StoredMark = z.infer<typeof StoredMark>;

const StoredHalt = z.object({
  instrument: z.string().nullable(),
  code: z.string(),
  ours: z.string(),
  theirs: z.string(),
  at: z.number(),
});
export type StoredHalt = z.infer<typeof StoredHalt>;

const StoredAlert = z.object({
  id: z.string(),
  at: z.number(),
  level: z.enum(["info", "warning", "critical"]),
  botId: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  settledAt: z.number().optional(),
  /** Name of what was stopped, where the alert is of a stop (`stopName`). */
  stopped: z.string().optional(),
});
export type StoredAlert = z.infer<typeof StoredAlert>;

/**
 * What a bot lost of its share of a position without having traded. Numbers rise, and are times in UTC ms: what comes after a
 * restore, or after a version that knew no cuts, stands behind all that bots have heard. Decimals are text.
 */
const ShareCut = z.object({
  number: z.number().int(),
  bot: z.string(),
  instrument: z.string(),
  side: z.enum(["buy", "sell"]),
  quantity: z.string(),
  price: z.string(),
  at: z.number(),
});
export type ShareCut = z.infer<typeof ShareCut>;

const StoredBucket = z.object({ left: z.number(), at: z.number() });

/** What a desk keeps beside orders, books and limits. Plain values; decimals are text. */
export const DeskRecord = z.object({
  /** Number of the last event of the venue that was heard. */
  venueSequence: z.number().int(),
  /** Where the next report of the venue begins. */
  cursor: z.string(),
  reconciledAt: z.number().nullable(),
  /** The market's time, UTC ms. */
  marketAt: z.number().nullable(),
  differences: z.record(z.string(), z.string()),
  halts: z.array(StoredHalt),
  alerts: z.array(StoredAlert),
  alertCount: z.number().int(),
  platform: StoredSwitch,
  user: StoredSwitch,
  instruments: z.record(z.string(), StoredSwitch),
  venueBuckets: z.object({ second: StoredBucket, minute: StoredBucket }),
  /** Orders that passed lately and when, the oldest first. */
  recent: z.array(z.object({ id: z.string(), at: z.number() })),
  marks: z.record(z.string(), StoredMark),
  flatten: z.array(FlattenTask),
  /** The last ones of each bot, the oldest first. */
  cuts: z.array(ShareCut).default([]),
});
export type DeskRecord = z.infer<typeof DeskRecord>;

export function newDeskRecord(): DeskRecord {
  const on = { state: "ACTIVE" } as const;
  // Full since ever, whatever time the market has; the rate of the venue cuts what is too much.
  const full = { left: 1_000_000, at: 0 };
  return {
    venueSequence: 0,
    cursor: "",
    reconciledAt: null,
    marketAt: null,
    differences: {},
    halts: [],
    alerts: [],
    alertCount: 0,
    platform: on,
    user: on,
    instruments: {},
    venueBuckets: { second: full, minute: full },
    recent: [],
    marks: {},
    flatten: [],
    cuts: [],
  };
}

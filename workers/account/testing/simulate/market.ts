import type { VenueMark } from "../../../brokers/broker.ts";
import type { Price } from "../../../core/ledger/decimal.ts";
import type { Side } from "../../../core/ledger/decimal-grid.ts";
import { price } from "../../../core/testing/orders.ts";
import { BTC, ETH } from "../../../core/testing/risk-books.ts";
import { Chance } from "./chance.ts";

export const INSTRUMENTS = [BTC, ETH] as const;
/** What a market that stands still costs, and one that moves begins at. */
export const PRICE = price("100");
const START_CENTS = 10_000;
const CENT = price("0.01");
/** A market that moves stays within these, so that notionals stay within what the account may trade. */
const CENTS_MIN = 5_000;
const CENTS_MAX = 20_000;
/** Keeps the market's chance apart from that of the faults: a fault that is turned off leaves the prices as they are. */
const SALT = 0x51ed270b;
/** A pause of the feed, ms: from one that nobody need mind to one after which every price is stale. */
const PAUSE_MS_MIN = 2_000;
const PAUSE_MS_MAX = 60_000;

/** Limits of a bot, as text: money of a day, a share of the most that it had, and counts. */
export type BotCaps = Readonly<Record<"dailyLoss" | "executions" | "rejectsInARow", string>> & {
  readonly drawdown?: string;
  readonly orderQuantity?: string;
};

const WIDE_CAPS: BotCaps = { dailyLoss: "50000", executions: "200", rejectsInARow: "20" };

/** How one market moves and how well its prices are told. All shares are of steps of half a second. */
interface MarketNature {
  /** Most that a price moves by in a step, as a share. */
  readonly walk: number;
  /** How often it jumps, and the most that it then does. */
  readonly jumps: number;
  readonly jump: number;
  readonly pauses: number;
  /** Of prices: never told, or told some seconds late. */
  readonly lost: number;
  readonly late: number;
}

/** Prices by the half second, and the feed that tells them. In half of all worlds nothing moves. */
export class Market {
  readonly moves: boolean;
  /** Counts whatever changes. */
  changes = 0;
  private readonly chance: Chance;
  private readonly nature: MarketNature;
  private readonly prices = new Map<string, Price>();
  private readonly cents = new Map<string, number>();
  private silentUntil = 0;

  constructor(seed: number, { still }: { readonly still: boolean }) {
    this.chance = new Chance(seed ^ SALT);
    const { chance } = this;
    const rate = (max: number) => (chance.happens(0.5) ? chance.share(max) : 0);
    this.moves = chance.happens(0.5) && !still;
    this.nature = {
      walk: 0.0002 + chance.share(0.003),
      jumps: rate(0.02),
      jump: chance.share(0.08),
      pauses: rate(0.02),
      lost: rate(0.4),
      late: rate(0.3),
    };
    for (const instrument of INSTRUMENTS) this.put(instrument, START_CENTS);
  }

  private put(instrument: string, cents: number): void {
    const bounded = Math.min(CENTS_MAX, Math.max(CENTS_MIN, cents));
    this.cents.set(instrument, bounded);
    this.prices.set(instrument, (BigInt(bounded) * CENT) as Price);
    this.changes++;
  }

  price(instrument: string): Price {
    return this.prices.get(instrument) ?? PRICE;
  }

  /** Last prices by instrument. */
  all(): ReadonlyMap<string, Price> {
    return this.prices;
  }

  /** What each bot may lose and how often it may trade: narrow enough, where prices move, to be reached within minutes. */
  botCaps(): BotCaps {
    if (!this.moves) return WIDE_CAPS;
    const { chance } = this;
    const drawdown = chance.happens(0.5) ? { drawdown: (chance.whole(1, 12) / 10_000).toFixed(4) } : {};
    const dailyLoss = chance.happens(0.7) ? { dailyLoss: String(chance.whole(1, 25)) } : {};
    const executions = chance.happens(0.3) ? { executions: String(chance.whole(3, 8)) } : {};
    const rejectsInARow = chance.happens(0.3) ? { rejectsInARow: String(chance.whole(2, 4)) } : {};
    const orderQuantity = chance.happens(0.3) ? { orderQuantity: String(chance.whole(2, 4)) } : {};
    return { ...WIDE_CAPS, ...orderQuantity, ...drawdown, ...dailyLoss, ...executions, ...rejectsInARow };
  }

  /** A price some shares away from the last one, as text on the tick. */
  near(instrument: string, share: number): string {
    return (Math.round((this.cents.get(instrument) ?? START_CENTS) * (1 + share)) / 100).toFixed(2);
  }

  /** Half a second. */
  step(): void {
    if (!this.moves) return;
    const { chance, nature } = this;
    for (const [instrument, cents] of this.cents) {
      const jumps = chance.happens(nature.jumps);
      const share = (2 * chance.share(1) - 1) * (jumps ? nature.jump : nature.walk);
      this.put(instrument, Math.round(cents * (1 + share)));
    }
  }

  /** Prices that set out now, each with how long it takes; none while the feed pauses. */
  tell(now: number, intervalMs: number): { readonly mark: Omit<VenueMark, "heardAt">; readonly lateMs: number }[] {
    const told = INSTRUMENTS.map((instrument) => ({ instrument, price: this.price(instrument), at: now, intervalMs }));
    if (!this.moves) return told.map((mark) => ({ mark, lateMs: 0 }));
    const { chance, nature } = this;
    const pauses = chance.happens(nature.pauses);
    const pauseMs = chance.whole(PAUSE_MS_MIN, PAUSE_MS_MAX);
    if (pauses && this.silentUntil < now) this.silentUntil = now + pauseMs;
    return told.flatMap((mark) => {
      const [lost, late] = [nature.lost, nature.late].map((share) => chance.happens(share));
      const lateMs = chance.whole(1_000, 15_000);
      return lost || now < this.silentUntil ? [] : [{ mark, lateMs: late ? lateMs : 0 }];
    });
  }

  /** Whether an order of a limit trades at the last price. In a market that stands still everything does. */
  meets({ instrument, side, limit }: MarketOrder): boolean {
    if (!this.moves || limit === undefined) return true;
    const last = this.price(instrument);
    return side === "buy" ? last <= limit : last >= limit;
  }

  /** Whether the last price has reached a stop. */
  fires({ instrument, side, stop }: MarketOrder): boolean {
    if (!this.moves || stop === undefined) return true;
    const last = this.price(instrument);
    return side === "buy" ? last >= stop : last <= stop;
  }

  /** From now on nothing is lost or late, and nothing moves. */
  calm(): void {
    this.silentUntil = 0;
    Object.assign(this.nature, { walk: 0, jumps: 0, pauses: 0, lost: 0, late: 0 });
  }
}

interface MarketOrder {
  readonly instrument: string;
  readonly side: Side;
  readonly limit: Price | undefined;
  readonly stop: Price | undefined;
}

import type { Program } from "../strategy.ts";

// Nanoseconds, measured on one core of a common server and rounded up, since a slow machine must not be surprised.

/** A node over a column of candles: one pass over its inputs. */
const NODE_NS = 5;
/** A node asked for one candle alone: mostly the call. */
const STEPPED_NODE_NS = 60;
/** What a step takes beside its nodes: candles are copied in, wishes made. */
const STEP_NS = 500;
/** An indicator's own work beyond that of a plain node; the dearest (Stochastic RSI, Ichimoku) need this much. */
const INDICATOR_NS = 150;
/** A value of a window that is read again at each candle. */
const REREAD_NS = 5;
/** A remembered value that moves along by one at each candle of a stepped program. */
const MOVED_NS = 0.15;

/**
 * Longest that rules may take for a candle. A run trades stepped rules up to six times side by side, so that five years
 * of minutes (2.6 million candles) come to a quarter of an hour of computing at most.
 */
export const RULE_CANDLE_NS_MAX = 50_000;

/** Adds up what the nodes of a rule text take. */
export class RuleCost {
  private nodes = 0;
  private indicators = 0;
  private reread = 0;
  private moved = 0;

  addNode(): void {
    this.nodes++;
  }

  /** `rereads` is the number of window values that it reads at each candle. */
  addIndicator(rereads: number): void {
    this.indicators++;
    this.reread += rereads;
  }

  /** A memory of `values`, which a stepped program moves at each candle. */
  addMoved(values: number): void {
    this.moved += values;
  }

  /** Nanoseconds a candle in the given form. */
  candleNs(form: Program["form"]): number {
    const stepped = form === "stepped";
    const nodes = this.nodes * (stepped ? STEPPED_NODE_NS : NODE_NS) + (stepped ? STEP_NS + this.moved * MOVED_NS : 0);
    return Math.ceil(nodes + this.indicators * INDICATOR_NS + this.reread * REREAD_NS);
  }
}

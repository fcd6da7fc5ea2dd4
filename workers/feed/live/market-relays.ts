import type { MarketState } from "../../../schema/wire/live.ts";
import { logEvent } from "../../platform/log-event.ts";
import { TIME_IS_UP, within } from "../../platform/within.ts";

/** Relays of one market: a million watchers with the most that each serves. */
export const RELAYS_MAX = 200;
/** A relay with fewer free places takes nobody new: several may be on their way to it. */
const FREE_PLACES_MIN = 100;
/** How long a second's work waits for relays. */
const RELAY_MS_MAX = 400;
/** Seconds for which a relay may stand empty. */
const EMPTY_TELLS_MAX = 60;

/** The part of a relay that its market calls: a value, answered by how many watch. */
export interface MarketRelay {
  publish(state: MarketState): Promise<number>;
}

export interface MarketRelaysDeps {
  readonly kv: SyncKvStorage;
  /** Begin of the relays' names. */
  readonly market: string;
  readonly relay: (name: string) => MarketRelay;
  readonly socketsMax: number;
}

/**
 * The relays of a market that has more watchers than one object serves. How many there are is stored; how full each is, it
 * says itself with every value, and is asked anew after a restart.
 */
export class MarketRelays {
  private readonly deps: MarketRelaysDeps;
  private readonly watchers = new Map<string, number>();
  private emptyTells = 0;

  constructor(deps: MarketRelaysDeps) {
    this.deps = deps;
  }

  get count(): number {
    return this.deps.kv.get<number>("relays") ?? 0;
  }

  /** Name of a relay with room, which has been told the value. Throws where all are full. */
  async withRoom(state: MarketState): Promise<string> {
    const { relay, kv, socketsMax } = this.deps;
    // Whoever asks is on the way to it, and must not find it given up.
    this.emptyTells = 0;
    for (let at = 0; at < RELAYS_MAX; at++) {
      const name = this.nameOf(at);
      if (at >= this.count) kv.put("relays", at + 1);
      const known = this.watchers.get(name) ?? 0;
      if (known > socketsMax - FREE_PLACES_MIN) continue;
      const watching = await relay(name).publish(state);
      this.watchers.set(name, watching);
      if (watching <= socketsMax - FREE_PLACES_MIN) return name;
    }
    throw new Error(`a market has at most ${RELAYS_MAX} relays`);
  }

  /** Tells every relay the value, each on its own. The last one is given up when nobody has watched it for a minute. */
  async tell(state: MarketState): Promise<void> {
    const names = Array.from({ length: this.count }, (_, at) => this.nameOf(at));
    await Promise.all(names.map((name) => this.tellOne(name, state)));
    const last = names.at(-1);
    this.emptyTells = last !== undefined && this.watchers.get(last) === 0 ? this.emptyTells + 1 : 0;
    if (this.emptyTells < EMPTY_TELLS_MAX) return;
    this.emptyTells = 0;
    this.deps.kv.put("relays", Math.max(0, this.count - 1));
  }

  private async tellOne(name: string, state: MarketState): Promise<void> {
    try {
      const watching = await within(this.deps.relay(name).publish(state), RELAY_MS_MAX);
      if (watching !== TIME_IS_UP) this.watchers.set(name, watching);
    } catch (error) {
      logEvent("market_relay_failed", { error });
    }
  }

  private nameOf(at: number): string {
    return `${this.deps.market}#${at}`;
  }
}

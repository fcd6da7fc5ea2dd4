import type { ClientOrderId } from "../../../core/order/order-id.ts";
import { price, quantity } from "../../../core/testing/orders.ts";
import type { Desk } from "../../desk.ts";
import type { DeskIntent } from "../../desk-calls.ts";
import { intendedIds } from "../../desk-intent.ts";
import { replaceOrder } from "../../desk-replace.ts";
import type { SwitchScope } from "../../desk-switches.ts";
import { LimitChanges } from "./limit-changes.ts";
import { INSTRUMENTS } from "./market.ts";
import { ACCOUNT, BOTS, type Kill } from "./stage.ts";
import type { World } from "./world.ts";

const CANDLE = 1_700_000_000_000;
const UNIT = quantity("1");
/** Steps between tries to have what is open gone. */
const WIND_DOWN_EVERY = 20;

/** Limits in a market that moves: up to so much better than the last price, or worse, as shares; and how many are far off. */
const NEAR_MAX = 0.015;
const NEAR_WORSE = 0.005;
const FAR_MAX = 0.15;
const FAR_SHARE = 0.1;

/** Who asks the desk for things: bots, and the person whose account it is. */
export class Traders {
  private readonly intended = new Set<string>();
  /** Intents before this one have their ids in `intended`. */
  private named = 0;
  readonly limits: LimitChanges;
  private readonly world: World;
  private readonly intents: { readonly bot: string; readonly intent: DeskIntent }[] = [];
  private readonly killStep: number;
  private readonly armStep: number;
  /** Thrown, and not acknowledged yet. */
  private wanted: Kill | undefined;
  private steps = 0;

  constructor(world: World) {
    this.world = world;
    const { chance } = world;
    const [kills, arms] = [chance.happens(0.5), chance.happens(0.4)];
    const step = chance.whole(60, 220);
    this.killStep = kills ? step : -1;
    this.armStep = arms ? step + chance.whole(10, 60) : -1;
    this.limits = new LimitChanges(world);
  }

  act(desk: Desk): void {
    const { chance } = this.world;
    this.steps++;
    this.limits.act(desk);
    if (this.steps === this.killStep) this.wanted = this.newKill();
    if (this.wanted !== undefined) this.kill(desk, this.wanted);
    if (this.steps === this.armStep) this.arm(desk);
    if (chance.happens(0.25)) this.submit(desk, this.newIntent());
    if (this.intents.length > 0 && chance.happens(0.05)) this.submit(desk, chance.pick(this.intents));
    const open = desk.books.openOrders().map(({ order }) => order);
    if (open.length === 0) return;
    if (chance.happens(0.05)) this.cancel(desk, [chance.pick(open).id]);
    if (chance.happens(0.08)) this.replace(desk, chance.pick(open).id);
  }

  /** Nothing new is asked for; what is open is to go. */
  windDown(desk: Desk): void {
    if (this.wanted !== undefined) this.kill(desk, this.wanted);
    if (this.steps++ % WIND_DOWN_EVERY !== 0) return;
    // What a kill switch holds for it takes back by itself.
    const open = desk.books.openOrders().filter(({ order }) => !this.world.kills.some((kill) => isUnder(kill, order)));
    this.cancel(
      desk,
      open.filter(({ order }) => order.role !== "flatten").map(({ order }) => order.id),
    );
  }

  private submit(desk: Desk, { bot, intent }: { readonly bot: string; readonly intent: DeskIntent }): void {
    this.world.attempt(() => desk.submit(bot, intent));
  }

  private cancel(desk: Desk, ids: readonly ClientOrderId[]): void {
    this.world.attempt(() => {
      desk.cancels.request(ids);
      return desk.cancels.drain();
    });
  }

  /** One unit more or less, and where prices move another limit at times. */
  private replace(desk: Desk, id: ClientOrderId): void {
    const more = this.world.chance.happens(0.5);
    const order = desk.books.order(id)?.order;
    if (order === undefined) return;
    const size = (more ? order.quantity + UNIT : order.quantity - UNIT) as typeof UNIT;
    if (size <= order.filled || (more && order.parent !== undefined)) return;
    const { instrument, side, stop, parent } = order;
    const moves = this.world.market.moves && order.kind === "limit" && parent === undefined;
    const limit = moves && this.world.chance.happens(0.5) ? price(this.pricesOf(instrument, side).limit) : order.limit;
    this.world.attempt(() => replaceOrder(desk, id, { quantity: size, limit, stop }));
  }

  private newKill(): Kill {
    const { chance } = this.world;
    const scopes: readonly SwitchScope[] = [
      { kind: "account" },
      { kind: "user" },
      { kind: "platform" },
      { kind: "bot", bot: chance.pick(BOTS) },
      { kind: "instrument", instrument: chance.pick(INSTRUMENTS) },
    ];
    return { scope: chance.pick(scopes), flatten: chance.happens(0.5) };
  }

  /** Thrown until it is acknowledged; it holds from then on. */
  private kill(desk: Desk, kill: Kill): void {
    const { world } = this;
    world.attempt(async () => {
      desk.switches.kill(kill.scope, { flatten: kill.flatten, at: world.clock() });
      world.checks.killed(desk, kill);
      await desk.books.sync();
      if (this.wanted !== kill) return;
      this.wanted = undefined;
      world.kills = [...world.kills, kill];
      await desk.followKill();
    });
  }

  private arm(desk: Desk): void {
    this.wanted = undefined;
    const { kills } = this.world;
    this.world.kills = [];
    this.world.attempt(() => {
      for (const { scope } of kills) desk.switches.set(scope, "ACTIVE", undefined);
    });
  }

  private newIntent(): { readonly bot: string; readonly intent: DeskIntent } {
    const { chance, broker } = this.world;
    const bot = chance.pick(BOTS);
    const instrument = chance.pick(INSTRUMENTS);
    const ordinal = this.intents.length;
    const held = broker.botPosition(bot, instrument);
    const [closes, buys, market, guarded] = [0.2, 0.7, 0.3, 0.25].map((share) => chance.happens(share));
    const exit = closes && held !== 0n;
    const side = (exit ? held < 0n : buys) ? "buy" : "sell";
    const { limit, protect } = this.pricesOf(instrument, side);
    const intent: DeskIntent = {
      candleTime: CANDLE,
      leg: exit ? "exit" : "entry",
      ordinal,
      instrument,
      side,
      kind: market ? "market" : "limit",
      role: exit ? "exit" : "entry",
      quantity: String(chance.whole(1, 4)),
      ...(market ? {} : { limit }),
      reduceOnly: exit,
      signal: `signal ${ordinal}`,
      ...(guarded && !exit ? { protect } : {}),
    };
    this.intents.push({ bot, intent });
    return { bot, intent };
  }

  /** Whether an id is one of those that an intent makes. Ids are hashes, so only what has to be is hashed. */
  isIntended(id: string, signal: string | undefined): boolean {
    if (this.intended.has(id)) return true;
    const known = this.intents.findLast(({ intent }) => intent.signal === signal);
    if (known !== undefined) this.name(known);
    while (!this.intended.has(id) && this.named < this.intents.length) this.name(this.intents[this.named++]);
    return this.intended.has(id);
  }

  private name({ bot, intent }: { readonly bot: string; readonly intent: DeskIntent }): void {
    for (const { id } of intendedIds(intent, { account: ACCOUNT.id, bot })) this.intended.add(id);
  }

  /** Where sides rest apart, orders of different bots do not cross; where prices move they would, and some are far off. */
  private pricesOf(instrument: string, side: "buy" | "sell") {
    const { chance, market } = this.world;
    const better = side === "buy" ? -1 : 1;
    if (!market.moves) {
      const protect = side === "buy" ? { stop: "95", target: "110" } : { stop: "105", target: "90" };
      return { limit: side === "buy" ? "99" : "101", protect };
    }
    const at = (share: number) => market.near(instrument, better * share);
    const away = chance.happens(FAR_SHARE) ? -chance.share(FAR_MAX) : chance.share(NEAR_MAX) - NEAR_WORSE;
    return { limit: at(away), protect: { stop: at(chance.share(NEAR_MAX)), target: at(-chance.share(2 * NEAR_MAX)) } };
  }
}

/** Whether a kill switch holds for orders of a bot in an instrument. */
export function isUnder(
  { scope }: Kill,
  { bot, instrument }: { readonly bot: string; readonly instrument: string },
): boolean {
  if (scope.kind === "bot") return scope.bot === bot;
  return scope.kind !== "instrument" || scope.instrument === instrument;
}

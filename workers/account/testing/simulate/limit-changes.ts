import { larger } from "../../../core/ledger/decimal.ts";
import { parseQuantity } from "../../../core/ledger/decimal-text.ts";
import { RAISE_DELAY_MS } from "../../../core/risk/limits-in-force.ts";
import type { Desk } from "../../desk.ts";
import { BOTS } from "./stage.ts";
import type { World } from "./world.ts";

interface Change {
  readonly bot: string;
  /** Largest order, as text. */
  readonly quantity: string;
}

/** A person who changes once, in some worlds, how large an order of one bot may be: asked for until it is acknowledged. */
export class LimitChanges {
  private readonly world: World;
  private readonly wanted: Change | undefined;
  private readonly step: number;
  private steps = 0;
  private asked = false;
  /** When it was written down, by the true time, and how far the clock of the process was off. */
  private made: { readonly at: number; readonly skew: number } | undefined;
  private acknowledged = false;

  constructor(world: World) {
    this.world = world;
    const { chance, market } = world;
    this.step = market.moves ? chance.whole(20, 200) : 0;
    const changes = market.moves && chance.happens(0.5);
    this.wanted = changes ? { bot: chance.pick(BOTS), quantity: String(chance.whole(1, 5)) } : undefined;
  }

  act(desk: Desk): void {
    const { world, wanted } = this;
    if (wanted === undefined || this.acknowledged || this.steps++ < this.step) return;
    this.asked = true;
    world.attempt(async () => {
      const skew = world.clock() - world.now();
      // Written down before a crash that kept its acknowledgement back: a higher limit waits from the first time on.
      const most = parseQuantity(wanted.quantity, "orderQuantity");
      const kept = desk.books.scope(wanted.bot).limits.find(({ limits }) => limits.caps.orderQuantity === most);
      desk.books.write(() =>
        desk.switches.setLimits(wanted.bot, world.limitsOfBot({ orderQuantity: wanted.quantity })),
      );
      this.made = { at: kept === undefined ? world.now() : kept.at - skew, skew };
      await desk.books.sync();
      this.acknowledged = true;
    });
  }

  /** The most that a new order of a bot may be at this moment; undefined where nothing limits it. */
  most(bot: string): bigint | undefined {
    const { orderQuantity } = this.world.botCaps;
    const before = orderQuantity === undefined ? undefined : parseQuantity(orderQuantity, "orderQuantity");
    if (this.wanted?.bot !== bot || !this.asked) return before;
    const after = parseQuantity(this.wanted.quantity, "orderQuantity");
    const isLower = before === undefined || after < before;
    // Until it is acknowledged nobody knows which of both holds.
    if (isLower) return this.acknowledged ? after : before;
    return this.isWaiting() ? before : after;
  }

  /** The most that an order of a bot may ever have been. */
  ever(bot: string): bigint | undefined {
    const { orderQuantity } = this.world.botCaps;
    if (orderQuantity === undefined) return undefined;
    const [before, after] = [orderQuantity, this.wanted?.bot === bot ? this.wanted.quantity : "0"].map((text) =>
      parseQuantity(text, "orderQuantity"),
    );
    return larger(before, after);
  }

  /** Whether a higher limit does not hold yet: for a minute by the clock of the process, which nobody may have set since. */
  private isWaiting(): boolean {
    const { made, world } = this;
    if (made === undefined) return false;
    const skew = world.clock() - world.now();
    return skew === made.skew && world.now() - made.at < RAISE_DELAY_MS;
  }
}

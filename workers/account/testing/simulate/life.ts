import type { Broker, OrderToPlace, ReplaceTerms, SendOutcome, VenueTold } from "../../../brokers/broker.ts";
import type { VenueReport } from "../../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../../core/order/order-id.ts";
import type { Desk } from "../../desk.ts";
import type { DeskDisk } from "../desk-disk.ts";
import { MemoryDeskStore } from "../memory-desk-store.ts";
import type { Reply } from "./broker-order.ts";
import { LATE_ACCEPT_MS, type MockBroker } from "./mock-broker.ts";

/** The process ends here. */
export class Crash extends Error {}

/** One process from its start to its end. */
export interface Life {
  alive: boolean;
  desk: Desk | undefined;
  /** It has heard all of the venue's books. */
  reported: boolean;
  /** Its last tick goes on. */
  ticking: boolean;
}

/** What a process sees of the world. */
export interface LifeWorld {
  readonly broker: MockBroker;
  readonly disk: DeskDisk;
  /** True time, ms. */
  readonly now: () => number;
  /** Ends the process at times, by throwing Crash; throws it always in a process that has ended. */
  readonly mayCrash: (life: Life) => void;
  /** Runs `act` at a time, unless the process has ended by then. */
  readonly later: (life: Life, at: number, act: () => void) => void;
  /** How long a write takes until it would survive, ms. */
  readonly syncMs: () => number;
  /** The broker has this moment received something that may make a position larger. */
  readonly received: (life: Life, order: OrderToPlace) => void;
  /** Same, for other terms of an order. */
  readonly changed: (life: Life, id: ClientOrderId, terms: ReplaceTerms) => void;
}

/** The disk as one process holds it: once the process has ended, its handle writes nothing any more. */
export class SimStore extends MemoryDeskStore {
  private readonly life: Life;
  private readonly world: LifeWorld;

  constructor(life: Life, world: LifeWorld) {
    super(world.disk, () => world.mayCrash(life));
    this.life = life;
    this.world = world;
  }

  override sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        try {
          this.checkpoint();
          this.disk.keep();
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      const ms = this.world.syncMs();
      if (ms === 0) done();
      else this.world.later(this.life, this.world.now() + ms, done);
    });
  }
}

/** The broker as one process reaches it: what is answered after the process has ended is heard by nobody. */
export class SimBroker implements Broker {
  readonly capabilities = {
    kinds: ["market", "limit", "stop", "stop-limit", "trailing-stop"],
    legs: true,
    replace: true,
    lateAcceptMs: LATE_ACCEPT_MS,
    tradedElsewhere: true,
    messagesPerSecond: 100,
    messagesPerMinute: 1_000,
  } as const;
  private readonly life: Life;
  private readonly world: LifeWorld;

  constructor(life: Life, world: LifeWorld) {
    this.life = life;
    this.world = world;
  }

  private call<T>(ask: (now: number) => Reply<T>): Promise<T> {
    const { life, world } = this;
    return new Promise((resolve, reject) => {
      world.mayCrash(life);
      const { at, answer } = ask(world.now());
      world.mayCrash(life);
      world.later(life, at, () => (answer === undefined ? reject(new Error("no answer")) : resolve(answer)));
    });
  }

  place(order: OrderToPlace): Promise<SendOutcome> {
    const { broker, received } = this.world;
    return this.call((now) => broker.place(order, now, () => received(this.life, order)));
  }

  cancel(id: ClientOrderId): Promise<SendOutcome> {
    return this.call((now) => this.world.broker.cancel(id, now));
  }

  replace(id: ClientOrderId, revision: number, terms: ReplaceTerms): Promise<SendOutcome> {
    return this.call((now) => {
      this.world.changed(this.life, id, terms);
      return this.world.broker.replace(id, revision, terms, now);
    });
  }

  async order() {
    return undefined;
  }

  async report(cursor: string): Promise<{ readonly report: VenueReport; readonly cursor: string }> {
    const answer = await this.call((now) => this.world.broker.report(cursor, now));
    if (answer.report.fillsComplete) this.life.reported = true;
    return answer;
  }

  events(sequence: number): Promise<VenueTold> {
    return this.call((now) => this.world.broker.events(sequence, now));
  }
}

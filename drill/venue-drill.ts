import { setTimeout as wait } from "node:timers/promises";
import type { EmulatedOrder } from "../e2e/venues/emulated-order.ts";
import type { Fill, Order } from "../schema/wire/trading.ts";
import { formatDecimal, parsePrice } from "../workers/core/ledger/decimal-text.ts";
import { askOrder } from "./ask-order.ts";
import type { Book, BookOrder } from "./broker-process.ts";
import { type Asked, differences } from "./compare.ts";
import type { DrillResult, DrillTerms } from "./drill-result.ts";
import { openVenueStage, type VenueStage } from "./venue-stage.ts";

/** What the venue does wrong while orders are on their way, some of it in each cycle. */
const FAULTS = ["request-lost", "reply-lost", "late-accept", "server-error", "server-down", "html-body"] as const;
const ORDERS_A_CYCLE = 5;
const CLIENTS = 3;
/** Between two orders of a client: the desk sends no more than the venue's rate lets through. */
const PAUSE_MS = 250;
const KILL_AFTER_MS_MAX = 2_500;
/** Of the cycles, where a sidecar takes part. */
const SIDECAR_KILLED_SHARE = 0.3;
/** What is in doubt is asked for until it counts as lost, and a sweep may be due after that. */
const SETTLE_MS = 90_000;
const LOOK_EVERY_MS = 500;
/** The account is new, and some venues tell times to the second: a fill may be from before the drill began. */
const ALL = 0;

/** Kills the runtime with -9 under clients that trade at the emulator of a venue, as `runKillDrill` does over its own broker. */
export async function runVenueDrill(name: string, terms: DrillTerms): Promise<DrillResult> {
  const stage = await openVenueStage(name);
  try {
    return await new VenueDrill(stage).run(terms);
  } finally {
    await stage.close();
  }
}

class VenueDrill {
  private readonly parts: VenueStage;
  private readonly asked: Asked[] = [];
  private stopping = false;
  private repeated = 0;

  constructor(parts: VenueStage) {
    this.parts = parts;
  }

  async run({ cycles, say }: DrillTerms): Promise<DrillResult> {
    const [cycleMs, restartMs, settleMs]: [number[], number[], number[]] = [[], [], []];
    let findings: string[] = [];
    while (cycleMs.length < cycles && findings.length === 0) {
      const began = Date.now();
      await this.tradeUntilKilled();
      const restarting = Date.now();
      await this.parts.runtime.start();
      restartMs.push(Date.now() - restarting);
      findings = await this.settle();
      settleMs.push(Date.now() - restarting - (restartMs.at(-1) ?? 0));
      cycleMs.push(Date.now() - began);
      say(`cycle ${cycleMs.length}: ${cycleMs.at(-1)} ms, ${this.asked.length} orders, ${findings.length} findings`);
    }
    const orders = await this.parts.api.orders(ALL);
    const { book } = this.parts.emulator;
    const denied: Record<string, number> = {};
    for (const { state, reason } of orders) {
      if (state === "DENIED") denied[reason ?? ""] = (denied[reason ?? ""] ?? 0) + 1;
    }
    return {
      ...{ cycles: cycleMs.length, cycleMs, restartMs, settleMs, findings, denied, repeated: this.repeated },
      asked: this.asked.length,
      answered: this.asked.filter(({ order }) => order !== undefined).length,
      lost: orders.filter(({ state }) => state === "LOST").length,
      ...{ brokerOrders: book.orders.size, botOrders: 0, brokerFills: book.fills.length },
    };
  }

  private async tradeUntilKilled(): Promise<void> {
    const { drilled, emulator, runtime, api, killSidecar } = this.parts;
    await api.renew();
    this.stopping = false;
    const clients = Array.from({ length: CLIENTS }, () => this.trade());
    if (Math.random() < 0.6) {
      const fault = FAULTS[Math.floor(Math.random() * FAULTS.length)];
      emulator.faults.arm(fault, { times: 1 + Math.floor(Math.random() * 2), path: drilled.places });
    }
    await wait(Math.random() * KILL_AFTER_MS_MAX);
    if (killSidecar !== undefined && Math.random() < SIDECAR_KILLED_SHARE) await killSidecar();
    await runtime.kill();
    this.stopping = true;
    await Promise.all(clients);
    // The market goes on while nobody of ours looks.
    this.moveMarket();
    emulator.faults.clear();
  }

  private moveMarket(): void {
    const { emulator, drilled } = this.parts;
    const price = drilled.price * (1 + (Math.random() - 0.5) * 0.004);
    emulator.book.trade(drilled.symbol, parsePrice(price.toFixed(drilled.priceDecimals), "price"));
  }

  private async trade(): Promise<void> {
    const { drilled, account, api } = this.parts;
    for (let count = 0; count < ORDERS_A_CYCLE && !this.stopping; count++) {
      const side = Math.random() < 0.6 ? "buy" : "sell";
      const kind = Math.random() < 0.4 ? "market" : "limit";
      const limit = (drilled.price * (side === "buy" ? 0.999 : 1.001)).toFixed(drilled.priceDecimals);
      const [least, most] = drilled.worth;
      const quantity = ((least + Math.random() * (most - least)) / drilled.price).toFixed(drilled.quantityDecimals);
      const body = { accountId: account, instrument: drilled.instrument, side, kind, quantity };
      const asked: Asked = {
        ...{ key: `venue-drill-${this.asked.length}`, accountId: account, at: Date.now(), order: undefined },
        body: kind === "limit" ? { ...body, limit } : body,
      };
      this.asked.push(asked);
      await askOrder(this.parts.api, asked);
      if (asked.order !== undefined && Math.random() < 0.3) await api.cancel(asked.order.id).catch(() => undefined);
      if (Math.random() < 0.3) this.moveMarket();
      await wait(PAUSE_MS);
    }
  }

  /** Compares until nothing differs any more. Returns what still does at the deadline. */
  private async settle(): Promise<string[]> {
    const deadline = Date.now() + this.parts.drilled.lateAcceptMs + SETTLE_MS;
    for (;;) {
      const found = await this.look().catch((error: unknown) => [`no comparison: ${String(error)}`]);
      const final = found.some((line) => line.startsWith("DOUBLED"));
      if (found.length === 0 || final) return found;
      if (Date.now() > deadline) return [...found, ...this.parts.runtime.said()];
      await wait(LOOK_EVERY_MS);
    }
  }

  private async look(): Promise<string[]> {
    const { api, account } = this.parts;
    await api.renew();
    for (const asked of this.asked.filter(({ order }) => order === undefined)) {
      this.repeated++;
      await askOrder(this.parts.api, asked);
    }
    const isMine = (row: { accountId: string }) => row.accountId === account;
    const [orders, fills] = [await api.orders(ALL), await api.fills(ALL)];
    const desk = { orders: orders.filter(isMine), fills: fills.filter(isMine), state: await api.state(account) };
    const book = this.book();
    const open = desk.orders.filter(({ state }) => state === "SUBMITTING" || state === "UNKNOWN");
    return [
      // Venues number their trades as they like: they are compared by what they add up to.
      ...differences({ book, desk: { ...desk, fills: [] }, asked: this.asked, since: 0 }),
      ...this.fillDifferences(desk.fills),
      ...open.map(({ id, state }: Order) => `order ${id} is still ${state}`),
    ];
  }

  private fillDifferences(fills: readonly Fill[]): string[] {
    const ours = fills.map(({ orderId, quantity, price }) => `${orderId} ${quantity} at ${price}`);
    const theirs = this.parts.emulator.book.fills.map(
      ({ order, quantity, price }) => `${order.clientId} ${formatDecimal(quantity)} at ${formatDecimal(price)}`,
    );
    const same = ours.sort().join() === theirs.sort().join();
    return same ? [] : [`fills are ${ours.length} at the desk, ${theirs.length} there, or differ`];
  }

  private book(): Book {
    const { emulator, drilled } = this.parts;
    const held = emulator.book.positions.get(drilled.symbol) ?? 0n;
    return {
      orders: [...emulator.book.orders.values()].map(bookOrder),
      fills: [],
      positions: held === 0n ? [] : [[drilled.instrument, formatDecimal(held as never)]],
      reportedAt: 0,
    };
  }
}

const STATUS: Readonly<Record<EmulatedOrder["status"], BookOrder["status"]>> = {
  ...{ pending: "open", armed: "open", open: "open", filled: "filled" },
  ...{ canceled: "canceled", expired: "canceled", rejected: "rejected" },
};

function bookOrder(order: EmulatedOrder): BookOrder {
  const { clientId, status, filled, createdAt } = order;
  return { clientOrderId: clientId, status: STATUS[status], filled: formatDecimal(filled), receivedAt: createdAt };
}

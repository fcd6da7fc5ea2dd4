import type { Broker, SendOutcome } from "../brokers/broker.ts";
import { type DeskOrder, isCancelDue } from "../core/order/desk-order.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import type { DeskBooks } from "./desk-books.ts";
import type { DeskGate } from "./desk-gate.ts";

/** A cancel that was not answered is sent again after this long: it can only take risk away. */
export const CANCEL_AGAIN_MS = 5_000;
/** Cancels that are on their way together: more would queue behind the platform's six connections anyway. */
const CANCELS_AT_ONCE = 50;
/** States in which an order may still be asked to go. */
const CANCELLABLE: ReadonlySet<DeskOrder["state"]> = new Set([
  "SUBMITTING",
  "ACCEPTED",
  "UNKNOWN",
  "PENDING_REPLACE",
  "PENDING_CANCEL",
]);

/** The outcome of a call. A port does not throw; one that does has told nothing that is certain. */
export async function certain(call: Promise<SendOutcome>): Promise<SendOutcome> {
  try {
    return await call;
  } catch (error) {
    return { outcome: "unknown", message: error instanceof Error ? error.message : "no answer" };
  }
}

interface CancelParts {
  readonly books: DeskBooks;
  readonly gate: DeskGate;
  readonly broker: Broker;
  /** Open orders that a kill switch holds for, and that were not asked to go yet. */
  readonly killed: () => readonly ClientOrderId[];
  /** UTC ms. */
  readonly now: () => number;
  /** Told when the venue refuses to cancel an order. */
  readonly onRefused: () => void;
}

/** Takes orders back. No switch and no cap ever holds up a cancel. */
export class DeskCancels {
  private readonly parts: CancelParts;
  private readonly sentAt = new Map<ClientOrderId, number>();
  /** Not answered yet. They hold up no other: a kill switch must not wait for a call that hangs. */
  private readonly onTheirWay = new Set<ClientOrderId>();

  constructor(parts: CancelParts) {
    this.parts = parts;
  }

  /** Asks for orders to be gone. They are once the venue says so. Returns how many were open. */
  request(ids: readonly ClientOrderId[]): number {
    return this.parts.books.write(() => {
      let open = 0;
      for (const id of ids) {
        const order = this.parts.books.order(id)?.order;
        if (order === undefined || !CANCELLABLE.has(order.state)) continue;
        open++;
        this.parts.books.hear(id, { type: "cancel-requested" });
      }
      return open;
    });
  }

  /**
   * Sends the cancels that are due, as many at once as there are places for. What a kill switch holds for is asked to go
   * just before it is sent, so that a thousand orders keep nobody waiting.
   */
  async drain(): Promise<void> {
    // Each once: a venue that never answers must not keep whoever waits for this from everything else.
    const sent = new Set<ClientOrderId>();
    for (;;) {
      const killed = this.parts.killed().slice(0, this.places());
      if (killed.length > 0) this.request(killed);
      const due = this.due(sent);
      if (due.length === 0) return;
      this.parts.books.write(() => {
        for (const order of due) {
          this.parts.books.hear(order.id, { type: "cancel-requested" });
          this.parts.gate.count(order, "cancel");
        }
      });
      for (const { id } of due) {
        sent.add(id);
        this.onTheirWay.add(id);
      }
      try {
        await this.parts.books.sync();
        for (const { id } of due) this.sentAt.set(id, this.parts.now());
        await Promise.all(due.map((order) => this.cancelOne(order)));
      } finally {
        for (const { id } of due) this.onTheirWay.delete(id);
      }
    }
  }

  private places(): number {
    return CANCELS_AT_ONCE - this.onTheirWay.size;
  }

  private due(sent: ReadonlySet<ClientOrderId>): DeskOrder[] {
    const places = this.places();
    const due: DeskOrder[] = [];
    for (const { order } of this.parts.books.openOrders()) {
      const { id, state } = order;
      if (due.length >= places || (state !== "PENDING_CANCEL" && !isCancelDue(order))) continue;
      if (!sent.has(id) && !this.onTheirWay.has(id) && this.isAgainDue(id)) due.push(order);
    }
    return due;
  }

  /** A time in the future is of a clock that was set back since. */
  private isAgainDue(id: ClientOrderId): boolean {
    const age = this.parts.now() - (this.sentAt.get(id) ?? Number.NEGATIVE_INFINITY);
    return age < 0 || age >= CANCEL_AGAIN_MS;
  }

  private async cancelOne({ id, venueOrderIds }: DeskOrder): Promise<void> {
    const outcome = await certain(this.parts.broker.cancel(id, venueOrderIds.at(-1)));
    this.parts.books.touched.add(id);
    if (outcome.outcome !== "rejected") return;
    this.parts.books.write(() => this.parts.books.hear(id, { type: "cancel-rejected" }));
    this.parts.onRefused();
  }
}

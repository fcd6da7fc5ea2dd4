import { type ApiClient, ApiRefusal } from "../api-client.ts";
import type { Asked } from "../compare.ts";

const CANCELLED_SHARE = 0.35;
/** Orders that a program leaves open on each account; older ones it takes back. */
const LEFT_OPEN_MAX = 20;
/** Share of orders that are sent twice with one key, as by a client that heard no answer. */
const REPEATED_SHARE = 0.05;

/** Programs that place and take back orders, each on an account of its own, and remember what they were answered. */
export class OrderPrograms {
  readonly asked: Asked[] = [];
  readonly findings: string[] = [];
  readonly accounts: readonly string[];
  private readonly api: ApiClient;
  private readonly instrument: string;
  private readonly price: () => number;
  private readonly run: string;
  private readonly leftOpen = new Map<string, string[]>();

  /** `run` sets the keys of these orders apart from those of an earlier run on the same state. */
  constructor(parts: {
    api: ApiClient;
    accounts: readonly string[];
    instrument: string;
    price: () => number;
    run: string;
  }) {
    this.api = parts.api;
    this.accounts = parts.accounts;
    this.instrument = parts.instrument;
    this.price = parts.price;
    this.run = parts.run;
  }

  /** Places one order on the next account, and takes one back. What is refused is the tally's to judge. */
  async trade(): Promise<void> {
    const accountId = this.accounts[this.asked.length % this.accounts.length] ?? "";
    const side = Math.random() < 0.5 ? "buy" : "sell";
    const limit = (this.price() * (side === "buy" ? 0.98 : 1.02)).toFixed(2);
    const quantity = (0.001 + Math.random() * 0.009).toFixed(5);
    const body = { accountId, instrument: this.instrument, side, kind: "limit", quantity, limit };
    const asked: Asked = {
      key: `load-${this.run}-${this.asked.length}`,
      accountId,
      body,
      at: Date.now(),
      order: undefined,
    };
    this.asked.push(asked);
    const id = await this.place(asked);
    if (id === undefined) return;
    if (Math.random() < REPEATED_SHARE) {
      const again = await this.place(asked);
      if (again !== undefined && again !== id) this.findings.push(`DOUBLED: ${asked.key} is ${id} and ${again}`);
    }
    const cancelled = this.toCancel(accountId, id);
    if (cancelled !== undefined) await this.cancel(accountId, cancelled);
  }

  private async place(asked: Asked): Promise<string | undefined> {
    try {
      const { order } = await this.api.place(asked.body, asked.key);
      asked.order = { id: order.id, state: order.state };
      return order.id;
    } catch (error) {
      return unanswered(error);
    }
  }

  private async cancel(accountId: string, orderId: string): Promise<void> {
    try {
      await this.api.cancel(orderId);
    } catch (error) {
      // Refused for now: it is still open, and is taken back with a later order.
      if (error instanceof ApiRefusal && error.status === 429) this.leftOpen.get(accountId)?.unshift(orderId);
      unanswered(error);
    }
  }

  private toCancel(accountId: string, placed: string): string | undefined {
    const open = this.leftOpen.get(accountId) ?? [];
    this.leftOpen.set(accountId, open);
    if (open.length < LEFT_OPEN_MAX && Math.random() < CANCELLED_SHARE) return placed;
    open.push(placed);
    return open.length > LEFT_OPEN_MAX ? open.shift() : undefined;
  }
}

/** The tally has counted a refusal and a request that was not answered; anything else is a fault of the program. */
function unanswered(error: unknown): undefined {
  if (error instanceof ApiRefusal || error instanceof TypeError) return undefined;
  throw error;
}

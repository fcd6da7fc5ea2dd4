import { setTimeout as wait } from "node:timers/promises";
import type { AccountState } from "../../schema/wire/trading.ts";
import { differencesByAccount } from "../compare.ts";
import type { LoadMix } from "./load-mix.ts";
import type { LoadStage } from "./load-stage.ts";

/** The desk asks its venue each half minute; after two rounds the books agree, or they never will. */
const SETTLE_MS_MAX = 90_000;
const LOOK_EVERY_MS = 500;
/** Orders that were placed so long before the last look are looked at again. */
const LOOK_BACK_MS = 20_000;
/** Of a day of bots the last candle's age, ms: two candles and what a busy machine adds. */
const BOT_BEHIND_MS_MAX = 4 * 60_000;

/** What a look at the books saw. */
export interface Look {
  /** What still differed at the end of it. */
  readonly findings: readonly string[];
  /** Until nothing differed any more, ms. */
  readonly settleMs: number;
  /** Orders and fills of the broker, all accounts together. */
  readonly brokerOrders: number;
  readonly brokerFills: number;
}

/** Holds the broker's own books against the desk's, and what sockets show against what the API says. */
export class BookLooks {
  private readonly stage: LoadStage;
  private readonly mix: LoadMix;
  private lookedAt = Date.now();

  constructor(stage: LoadStage, mix: LoadMix) {
    this.stage = stage;
    this.mix = mix;
  }

  /** Looks at all orders since the last look, or since `from`, again and again until nothing differs. The broker must be calm. */
  async look(from = this.lookedAt - LOOK_BACK_MS): Promise<Look> {
    const started = Date.now();
    let found: readonly string[] = [];
    let counts = { brokerOrders: 0, brokerFills: 0 };
    do {
      if (found.length > 0) await wait(LOOK_EVERY_MS);
      try {
        const seen = await this.once(from);
        found = seen.found;
        counts = seen;
      } catch (error) {
        found = [`no comparison: ${String(error)}`];
      }
    } while (found.length > 0 && Date.now() - started < SETTLE_MS_MAX);
    this.lookedAt = started;
    const { brokerOrders, brokerFills } = counts;
    return { findings: found, settleMs: Date.now() - started, brokerOrders, brokerFills };
  }

  private async once(from: number) {
    const { patient, broker, accounts } = this.stage;
    const [orders, fills] = [await patient.orders(from), await patient.fills(from)];
    const states = await Promise.all(accounts.map((accountId) => patient.state(accountId)));
    const books = await broker.books();
    const since = from + LOOK_BACK_MS / 2;
    const found = differencesByAccount({ books, states, desk: { orders, fills }, asked: this.mix.orders.asked, since });
    found.push(...states.flatMap((state) => this.shownOtherwise(state)));
    found.push(...(await this.reconcileDifferences()), ...(await this.mix.signals.findings(patient)));
    const all = Object.values(books);
    return {
      found,
      brokerOrders: all.reduce((sum, book) => sum + book.orders.length, 0),
      brokerFills: all.reduce((sum, book) => sum + book.fills.length, 0),
    };
  }

  /** Sockets whose positions or number of open orders are not those that the API answers. */
  private shownOtherwise(state: AccountState): string[] {
    const path = `/api/v1/accounts/${state.accountId}/live`;
    const said = heldText(state);
    const others = this.mix.sockets.valuesOf(path).map((value) => heldText(value as unknown as AccountState));
    return others.filter((other) => other !== said).map((other) => `socket of ${path} shows ${other}, not ${said}`);
  }

  /** Differences that the desks themselves found between their books and the venue's, as `/metrics` tells. */
  private async reconcileDifferences(): Promise<string[]> {
    const { runtime, metricsToken } = this.stage;
    const headers = { Authorization: `Bearer ${metricsToken}` };
    const text = await (await fetch(`${runtime.origin}/metrics`, { headers })).text();
    const lines = text.split("\n").filter((line) => /^reconcile_differences[ {]/.test(line));
    return lines.filter((line) => Number(line.split(" ").at(-1)) !== 0).map((line) => `metric: ${line}`);
  }

  /** Bots that do not run, or whose last candle is too old. */
  async bots(): Promise<string[]> {
    const rows: {
      id: string;
      status: string;
      reason: string | null;
      lastCandleAt: number | null;
      createdAt: number;
    }[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = `limit=200${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = await this.stage.patient.get<{ rows: typeof rows; next: string | null }>(`/api/v1/bots?${query}`);
      rows.push(...page.rows);
      cursor = page.next;
    }
    const driven = new Set(this.stage.driven.map(({ botId }) => botId));
    return rows.flatMap(({ id, status, reason, lastCandleAt, createdAt }) => {
      if (status !== "running") return [`bot ${id} is ${status}: ${reason}`];
      const behindMs = Date.now() - (lastCandleAt ?? createdAt);
      return driven.has(id) || behindMs < BOT_BEHIND_MS_MAX
        ? []
        : [`bot ${id} decided on its last candle ${Math.round(behindMs / 1_000)} s ago`];
    });
  }
}

function heldText({ positions, openOrders }: AccountState): string {
  const held = positions.map(({ instrument, quantity }) => `${instrument} ${quantity}`).sort();
  return `${held.join()} and ${openOrders.length} open`;
}

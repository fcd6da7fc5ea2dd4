import type { CandleColumns } from "../../core/candle/candle.ts";
import { indexAtTime, sliceCandles } from "../../core/candle/candle.ts";
import { MINUTE_MS } from "../../core/candle/timeframe.ts";
import type { RunDefinition } from "../../core/engine/settings.ts";
import { createTrader, type Trader } from "../../core/engine/trader.ts";
import type { OrderPart, TraderCommand } from "../../core/engine/trader-command.ts";
import type { Price, Quantity } from "../../core/ledger/decimal.ts";
import { exactDecimal, toDouble } from "../../core/ledger/decimal-double.ts";
import { type ClientOrderId, clientOrderId } from "../../core/order/order-id.ts";
import { bits, fillLine, orderLine, type Placed, type Story } from "../../core/testing/parity.ts";
import type { MarketSlice } from "../../feed/live/market-port.ts";
import type { Broker, OrderToPlace, VenueEvent } from "../broker.ts";

/**
 * A bot in its simplest form on any broker: each minute the venue meets the market, the bot asks what happened, decides,
 * and sends. Everything passes as decimals.
 */
export class BotOnBroker {
  readonly story: Story = { orders: [], fills: [], equity: [], trades: [] };
  private readonly trader: Trader;
  private readonly definition: RunDefinition;
  private readonly broker: Broker;
  private readonly bot: string;
  private readonly orders = new Map<string, { ref: string; part: OrderPart }>();
  private readonly ids = new Map<string, ClientOrderId>();
  private heard = 0;

  constructor({ definition, broker, bot }: { definition: RunDefinition; broker: Broker; bot: string }) {
    this.definition = definition;
    this.broker = broker;
    this.bot = bot;
    this.trader = createTrader(definition);
  }

  /** The slices of a minute, for the venue. */
  slices(time: number, candles: readonly CandleColumns[]): MarketSlice[] {
    return this.chunks(time, candles).flatMap(({ length, open, high, low, close, volume }, index) => {
      const { id } = this.definition.instruments[index].instrument;
      const prices = { open: open[0], high: high[0], low: low[0], close: close[0], volume: volume[0] };
      return length === 0 ? [] : [{ instrument: id, time, spanMs: MINUTE_MS, ...prices }];
    });
  }

  /** After the venue has met a minute. */
  async minute(time: number, candles: readonly CandleColumns[]): Promise<void> {
    await this.listen();
    const commands = this.trader.push(this.chunks(time, candles), time + MINUTE_MS);
    for (const { time: open, equity } of this.trader.closes) this.story.equity.push(`${open} ${bits(equity)}`);
    for (const command of commands) await this.obey(command);
    await this.listen();
  }

  private chunks(time: number, candles: readonly CandleColumns[]): CandleColumns[] {
    return candles.map((part) => sliceCandles(part, indexAtTime(part, time), indexAtTime(part, time + MINUTE_MS)));
  }

  private async listen(): Promise<void> {
    const { events } = await this.broker.events(this.heard);
    for (const event of events) {
      if (event.sequence !== this.heard + 1)
        throw new Error(`event ${this.heard + 1} must come, was ${event.sequence}`);
      this.heard = event.sequence;
      this.hear(event);
    }
  }

  private hear(event: VenueEvent): void {
    if (event.type === "canceled") this.trader.hear({ type: "ended", ...this.known(event.id) });
    if (event.type !== "fill") return;
    const known = this.known(event.fill.clientOrderId ?? "");
    const { quantity, price, fee, at, side } = event.fill;
    const fill = { quantity: toDouble(quantity), price: toDouble(price), fee: toDouble(fee), at };
    const name = known.part === "main" ? known.ref : `${known.ref}.${known.part}`;
    this.story.fills.push(fillLine({ ...fill, id: name, side: side === "buy" ? 1 : -1 }));
    this.trader.hear({ type: "fill", ...known, ...fill });
  }

  private known(id: string): { ref: string; part: OrderPart } {
    const known = this.orders.get(id);
    if (known === undefined) throw new Error(`order must be of the bot, was ${id}`);
    return known;
  }

  private async obey(command: TraderCommand): Promise<void> {
    if (command.type === "cancel") {
      await this.broker.cancel(this.ids.get(command.ref) as ClientOrderId, undefined);
      return;
    }
    this.story.orders.push(orderLine(command));
    const { outcome } = await this.broker.place(this.orderOf(command));
    if (outcome !== "ack") throw new Error(`${command.ref} must be taken, was ${outcome}`);
  }

  private orderOf(command: Placed): OrderToPlace {
    const { legs, ref } = command;
    const main = this.part(command, "main", { kind: command.kind, role: command.role });
    this.ids.set(ref, main.id);
    const leg = (part: Exclude<OrderPart, "main">, kind: OrderToPlace["kind"], prices: Partial<OrderToPlace>) => {
      const side = command.side === "buy" ? "sell" : "buy";
      return { ...this.part(command, part, { kind, role: part }), side, reduceOnly: true, ...prices } as const;
    };
    const price = (value: number) => exactDecimal<Price>(value, "price");
    const maybe = (value: number | undefined) => (value === undefined ? undefined : price(value));
    const protective = [
      ...(legs.stop === undefined ? [] : [leg("stop", "stop", { stop: price(legs.stop) })]),
      ...(legs.target === undefined ? [] : [leg("target", "limit", { limit: price(legs.target) })]),
      ...(legs.trail === undefined ? [] : [leg("trailing", "trailing-stop", { trail: price(legs.trail) })]),
    ];
    const { limit, stop } = command;
    const prices = { limit: maybe(limit), stop: maybe(stop) };
    return { ...main, ...prices, reduceOnly: command.role === "exit", legs: protective };
  }

  private part(
    { ref, instrument, side, quantity, candleTime, leg, ordinal }: Placed,
    part: OrderPart,
    form: Pick<OrderToPlace, "kind" | "role">,
  ): OrderToPlace {
    const id = clientOrderId({ account: "a", bot: this.bot, candleTime, leg: part === "main" ? leg : part, ordinal });
    this.orders.set(id, { ref, part });
    return {
      id,
      bot: this.bot,
      instrument: this.definition.instruments[instrument].instrument.id,
      side,
      quantity: exactDecimal<Quantity>(quantity, "quantity"),
      ...{ limit: undefined, stop: undefined, trail: undefined, reduceOnly: false, legs: [] },
      ...form,
    };
  }
}

import type { VenueNewsText } from "../../schema/wire/sidecar.ts";
import { formatDecimal, parseMoney, parsePrice, parseQuantity } from "../core/ledger/decimal-text.ts";
import type { VenueFill, VenueOrder } from "../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import type { VenueNews } from "./venue-news.ts";

/** Longest reason that is told: a venue's sentences are cut, not refused. */
const REASON_CHARACTERS_MAX = 500;

/** News as text that `VenueNewsText` takes. */
export function newsText(news: VenueNews): VenueNewsText {
  switch (news.type) {
    case "order":
      return { type: "order", order: orderText(news.order), reason: cut(news.reason) };
    case "fill":
      return { type: "fill", fill: fillText(news.fill) };
    case "movement":
      return movementText(news.movement);
    case "mark":
      return { type: "mark", mark: { ...news.mark, price: formatDecimal(news.mark.price) } };
    case "rejected":
      return { ...news, code: cut(news.code) };
    case "gap":
      return { ...news, reason: cut(news.reason) };
  }
}

/** News of a text that was checked by its schema. Throws DecimalError for a price of zero or a quantity below it. */
export function newsOfText(text: VenueNewsText): VenueNews {
  switch (text.type) {
    case "order":
      return { ...text, order: orderOf(text.order) };
    case "fill":
      return { ...text, fill: fillOf(text.fill) };
    case "movement":
      return { type: "movement", movement: movementOf(text.movement) };
    case "mark":
      return { ...text, mark: { ...text.mark, price: parsePrice(text.mark.price, "price") } };
    case "rejected":
      return { ...text, id: text.id as ClientOrderId };
    case "gap":
      return text;
  }
}

type OrderText = Extract<VenueNewsText, { type: "order" }>["order"];
type Movement = Extract<VenueNews, { type: "movement" }>["movement"];
type MovementText = Extract<VenueNewsText, { type: "movement" }>["movement"];
type FillText = Extract<VenueNewsText, { type: "fill" }>["fill"];

function orderText(order: VenueOrder): OrderText {
  const { clientOrderId, limit, stop, quantity, filled, ...rest } = order;
  return {
    ...rest,
    clientOrderId: clientOrderId ?? null,
    quantity: formatDecimal(quantity),
    filled: formatDecimal(filled),
    limit: limit === undefined ? null : formatDecimal(limit),
    stop: stop === undefined ? null : formatDecimal(stop),
  };
}

function orderOf(text: OrderText): VenueOrder {
  const { clientOrderId, limit, stop, quantity, filled, ...rest } = text;
  return {
    ...rest,
    clientOrderId: clientOrderId ?? undefined,
    quantity: parseQuantity(quantity, "quantity"),
    filled: parseQuantity(filled, "filled"),
    limit: limit === null ? undefined : parsePrice(limit, "limit"),
    stop: stop === null ? undefined : parsePrice(stop, "stop"),
  };
}

function fillText(fill: VenueFill): FillText {
  const { clientOrderId, quantity, price, fee, ...rest } = fill;
  return {
    ...rest,
    clientOrderId: clientOrderId ?? null,
    quantity: formatDecimal(quantity),
    price: formatDecimal(price),
    fee: formatDecimal(fee),
  };
}

function fillOf(text: FillText): VenueFill {
  const { clientOrderId, quantity, price, fee, ...rest } = text;
  return {
    ...rest,
    clientOrderId: clientOrderId ?? undefined,
    quantity: parseQuantity(quantity, "quantity"),
    price: parsePrice(price, "price"),
    fee: parseMoney(fee, "fee"),
  };
}

function movementText(movement: Movement): VenueNewsText {
  if (movement.type === "cash-adjustment" || movement.type === "position-adjustment") {
    // What only a person decides no venue tells; that it came is a reason to ask for everything.
    return { type: "gap", reason: `a venue told ${movement.type}` };
  }
  const instrument = movement.type === "funding" ? movement.instrument : null;
  const { type, id, at, currency } = movement;
  return { type: "movement", movement: { type, id, at, currency, instrument, amount: formatDecimal(movement.amount) } };
}

function movementOf({ type, id, at, currency, instrument, amount: text }: MovementText): Movement {
  const amount = parseMoney(text, "amount");
  if (type !== "funding") return { type, id, at, currency, amount };
  return { type, id, at, currency, amount, instrument: instrument ?? "" };
}

function cut(text: string): string {
  return text.length <= REASON_CHARACTERS_MAX ? text : `${text.slice(0, REASON_CHARACTERS_MAX - 1)}…`;
}

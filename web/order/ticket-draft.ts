import { CreateOrder, PreviewOrder, type TradingAccount } from "../../schema/wire/trading.ts";

/** The ticket of an order as it is typed. */
export interface TicketDraft {
  readonly accountId: string;
  readonly instrument: string;
  readonly side: "buy" | "sell";
  readonly kind: CreateOrder["kind"];
  readonly quantity: string;
  readonly limit: string;
  readonly stop: string;
  readonly reduceOnly: boolean;
}

export const FIRST_TICKET: TicketDraft = {
  accountId: "",
  instrument: "SIM:BTC-USD",
  side: "buy",
  kind: "market",
  quantity: "",
  limit: "",
  stop: "",
  reduceOnly: false,
};

/** Whether the kind of an order has the price. */
export function hasPrice(kind: CreateOrder["kind"], price: "limit" | "stop"): boolean {
  return kind === price || kind === "stop-limit";
}

export type Ticket =
  | { readonly order: CreateOrder; readonly problems: ReadonlyMap<string, string> }
  | { readonly order: null; readonly problems: ReadonlyMap<string, string> };

/** The order that a ticket asks for, by the schema of the API, or what is wrong with it by its field. */
export function orderOfTicket(draft: TicketDraft): Ticket {
  const read = CreateOrder.safeParse(bodyOf(draft));
  if (read.success) return { order: read.data, problems: new Map() };
  const problems = new Map<string, string>();
  for (const { path, message } of read.error.issues) {
    const field = path.join(".");
    const typed = String(draft[field as keyof TicketDraft] ?? "").trim();
    const words = typed === "" ? "must be set" : `${message}, was ${typed}`;
    if (!problems.has(field)) problems.set(field, words);
  }
  return { order: null, problems };
}

/** What can be looked at of a ticket: all of it, or without its quantity; null while its prices are not there. */
export function previewOfTicket(draft: TicketDraft): PreviewOrder | null {
  const body = bodyOf(draft);
  const whole = PreviewOrder.safeParse(body);
  if (whole.success) return whole.data;
  const { quantity: _half, ...rest } = body;
  return PreviewOrder.safeParse(rest).data ?? null;
}

/** What an order is worth at its own price, or at the market's; null where a number is missing. */
export function ticketWorth(draft: TicketDraft, price: string | null): number | null {
  const own = hasPrice(draft.kind, "limit") ? draft.limit : hasPrice(draft.kind, "stop") ? draft.stop : (price ?? "");
  const worth = own.trim() === "" || draft.quantity.trim() === "" ? Number.NaN : Number(own) * Number(draft.quantity);
  return Number.isFinite(worth) ? worth : null;
}

function bodyOf(draft: TicketDraft) {
  return {
    accountId: draft.accountId,
    instrument: draft.instrument.trim(),
    side: draft.side,
    kind: draft.kind,
    quantity: draft.quantity.trim(),
    ...(hasPrice(draft.kind, "limit") ? { limit: draft.limit.trim() } : {}),
    ...(hasPrice(draft.kind, "stop") ? { stop: draft.stop.trim() } : {}),
    reduceOnly: draft.reduceOnly,
  };
}

/**
 * The ticket as it opens: on the account in view, with what was half typed for that account. What was typed for another one is
 * left out, since it was meant for that one's money and market.
 */
export function openingTicket(stored: unknown, accountId: string): TicketDraft {
  const ticket = mergeTicket(stored);
  if (ticket.accountId === accountId) return ticket;
  return { ...FIRST_TICKET, instrument: ticket.instrument, accountId };
}

/**
 * What pressing the ticket's button leads to: a look at what is wrong, the question whether real money is meant, or the order
 * itself. Every key and button asks here, so that none of them passes the question by.
 */
export function nextStep(
  order: CreateOrder | null,
  { mode, confirmed }: { readonly mode: TradingAccount["mode"] | undefined; readonly confirmed: boolean },
): "mend" | "confirm" | "send" {
  if (order === null || mode === undefined) return "mend";
  return mode === "live" && !confirmed ? "confirm" : "send";
}

/** A stored ticket with all its fields, damage left out. */
export function mergeTicket(stored: unknown): TicketDraft {
  const kept = typeof stored === "object" && stored !== null ? (stored as Partial<TicketDraft>) : {};
  const known = Object.entries(FIRST_TICKET).map(([name, first]) => {
    const value = kept[name as keyof TicketDraft];
    return [name, typeof value === typeof first ? value : first];
  });
  const draft = Object.fromEntries(known) as TicketDraft;
  const kinds = CreateOrder.shape.kind.options;
  return {
    ...draft,
    side: draft.side === "sell" ? "sell" : "buy",
    kind: kinds.find((kind) => kind === draft.kind) ?? "market",
  };
}

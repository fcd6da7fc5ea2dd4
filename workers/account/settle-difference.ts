import type { HaltFigures, SettleDifference } from "../../schema/wire/trading.ts";
import type { ShareChange } from "../brokers/journal-flows.ts";
import {
  type Decimal,
  type Money,
  magnitude,
  negate,
  type Price,
  type Quantity,
  subtract,
  ZERO,
} from "../core/ledger/decimal.ts";
import { formatDecimal, parseDecimal } from "../core/ledger/decimal-text.ts";
import type { CashAdjusted, PositionAdjusted } from "../core/ledger/ledger-event.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import { cutsBy } from "./bot-shares.ts";
import type { Desk } from "./desk.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import { MANUAL_BOT } from "./desk-calls.ts";
import { CUTS_KEPT, type StoredHalt } from "./desk-record.ts";
import { comparedBy, differenceNow, figuresOf, forgetHalts, isSameHalt } from "./open-differences.ts";
import { heldBy } from "./scope-books.ts";

/** Code of the alert that a bot's share shrank with its account's position. */
export const SHARE_CUT = "SHARE_CUT";

/**
 * Why a difference is not settled: nothing of the kind differs; it is another by now, or something was booked since both sides
 * were compared; an order may yet turn out to have traded; or the position cannot be valued, since no price of its instrument
 * is known.
 */
export type Unsettled = "unknown" | "moved" | "in-doubt" | "no-price";

/** What a person decided, and the ledger's id of the entry that books it. */
export interface SettleCall extends SettleDifference {
  readonly entryId: string;
}

/** An entry, and whose share it changes besides the account's books; nobody's where no bot is named. */
interface SettledPart {
  readonly entry: CashAdjusted | PositionAdjusted;
  readonly bot: string | undefined;
}

/** What settling books, and both sides as they are before it. */
interface Settlement {
  readonly halt: StoredHalt;
  readonly figures: HaltFigures;
  readonly parts: readonly SettledPart[];
}

/** The desk, and whom it tells of shares that changed: the venue's side, which holds what closes a share to its size. */
interface SettleDesk extends Pick<Desk, "books" | "cancels"> {
  readonly changeShares?: ((changes: readonly ShareChange[]) => void) | undefined;
}

/**
 * Takes the venue's figure of a position or a balance over into the account's books, as entries of its own with the reason:
 * no trade is made up, and no profit comes of it. Where less is held than bots have shares in, these shrink with it, and each
 * of these bots halts: its orders there are asked to go, since they would close what is no longer its own. What was halted
 * stays so until it is armed. Nothing is done where the difference is not the one that the person saw.
 */
export function settleDifference(
  { books, cancels, changeShares }: SettleDesk,
  call: SettleCall,
): Unsettled | "settled" {
  const settlement = settlementOf(books, call);
  if (typeof settlement === "string") return settlement;
  books.write(() => {
    for (const { entry, bot } of settlement.parts) {
      books.book(entry, bot);
      if (bot === undefined || entry.type !== "position-adjustment") continue;
      noteCut(books, bot, entry);
      cancels.request(openOf(books, bot, entry.instrument));
    }
    changeShares?.(settlement.parts.flatMap(shareChange));
    forgetHalts(books, (each) => isSameHalt(each, settlement.halt));
    books.mark();
  });
  return "settled";
}

function shareChange({ entry, bot }: SettledPart): ShareChange[] {
  if (entry.type === "cash-adjustment") return [];
  const { instrument, side, quantity } = entry;
  return [{ bot, instrument, by: side === "buy" ? quantity : negate(quantity) }];
}

function openOf(books: DeskBooks, bot: string, instrument: string): ClientOrderId[] {
  const open = books.openOrders().filter(({ order }) => order.bot === bot && order.instrument === instrument);
  return open.map(({ order }) => order.id);
}

/** Tells the bot what it has lost, and halts it; what was traded by hand has nobody to tell. */
function noteCut(books: DeskBooks, bot: string, entry: PositionAdjusted): void {
  if (bot === MANUAL_BOT) return;
  const { instrument, side, at } = entry;
  const [quantity, price] = [entry.quantity, entry.price].map(formatDecimal);
  const { cuts } = books.record;
  // Never one that was given out before, also where a desk forgot what it had cut: that would count as heard.
  const number = Math.max(at, (cuts.at(-1)?.number ?? 0) + 1);
  const gone = cuts.filter((cut) => cut.bot === bot).slice(0, 1 - CUTS_KEPT);
  const kept = cuts.filter((cut) => !gone.includes(cut));
  books.note({ cuts: [...kept, { number, bot, instrument, side, quantity, price, at }] });
  const left = formatDecimal(heldBy(books.scope(bot), instrument));
  const message = `${instrument}: of the bot's share ${quantity} went, since the venue holds less; ${left} is left. Its orders there are cancelled, what protects it among them.`;
  books.halt(bot, SHARE_CUT, message);
}

/** What settling would book now, with both sides; nothing is changed. */
export function settlementOf(books: DeskBooks, call: SettleCall): Settlement | Unsettled {
  const halt = books.record.halts.find((each) => each.code === call.code && comparedBy(each)?.unit === call.unit);
  const figures = halt === undefined ? null : figuresOf(books, halt);
  const compared = halt === undefined ? undefined : comparedBy(halt);
  if (halt === undefined || figures === null || compared === undefined) return "unknown";
  const difference = differenceNow(books, compared.key);
  if (difference === undefined || difference === ZERO) return "moved";
  if (difference !== parseDecimal(call.difference, "difference")) return "moved";
  if (call.shares !== undefined && !isSameShares(call.shares, figures.shares)) return "moved";
  if (isInDoubt(books, halt.instrument)) return "in-doubt";
  const common = { id: call.entryId, at: books.now(), reason: call.reason };
  if (halt.instrument === null) {
    const entry = { ...common, type: "cash-adjustment", currency: call.unit, amount: difference as Money } as const;
    return { halt, figures, parts: [{ entry, bot: undefined }] };
  }
  const parts = positionParts(books, halt.instrument, { ...common, quantity: difference as Quantity });
  return parts === undefined ? "no-price" : { halt, figures, parts };
}

function isSameShares(seen: HaltFigures["shares"], now: HaltFigures["shares"]): boolean {
  return (
    seen.length === now.length &&
    seen.every(({ botId, before, after }) =>
      now.some((share) => share.botId === botId && share.before === before && share.after === after),
    )
  );
}

/** Whether an order that bears on it may have traded unheard: its trade would be booked besides. Of money, any order. */
function isInDoubt(books: DeskBooks, instrument: string | null): boolean {
  return books.openOrders().some(({ order: { state, instrument: of } }) => {
    return (state === "UNKNOWN" || state === "SUBMITTING") && (instrument === null || instrument === of);
  });
}

/** At the last price: what was held too much or too little makes neither profit nor loss. `quantity` is signed. */
function positionParts(
  books: DeskBooks,
  instrument: string,
  { id, quantity, ...common }: Pick<PositionAdjusted, "id" | "at" | "reason" | "quantity">,
): SettledPart[] | undefined {
  const price = books.marks().get(instrument) as Price | undefined;
  const held = books.scope(ACCOUNT_SCOPE).ledger.positions.get(instrument);
  const quote = held?.quote ?? books.account.instruments.get(instrument)?.quote;
  if (price === undefined || quote === undefined) return undefined;
  const partOf = (name: string, signed: Decimal, bot: string | undefined): SettledPart => {
    const terms = { instrument, quote, side: signed > 0n ? "buy" : "sell", price } as const;
    const size = magnitude(signed) as Quantity;
    return { entry: { ...common, ...terms, type: "position-adjustment", id: name, quantity: size }, bot };
  };
  const cuts = [...cutsBy(books, instrument, quantity)].map(
    ([bot, cut]) => [bot, quantity < 0n ? negate<Decimal>(cut) : cut] as const,
  );
  const rest = cuts.reduce<Decimal>((left, [, cut]) => subtract<Decimal>(left, cut), quantity);
  const ofBots = cuts.map(([bot, cut]) => partOf(`${id}:${bot}`, cut, bot));
  return rest === ZERO ? ofBots : [...ofBots, partOf(id, rest, undefined)];
}

import type { Quantity } from "../core/ledger/decimal.ts";
import type { VenueFill, VenueOrder, VenueReport } from "../core/ledger/venue-report.ts";
import { type JournalBooks, shownOrder } from "./journal-books.ts";
import { heldNow, isOpened, openHoldings, type TradedInstrument, tellOpening } from "./live-holdings.ts";
import { VenueSilence } from "./request/venue-reply.ts";
import type { PlacedOrder, VenueClient, VenueHistory, VenueHoldings } from "./venue-client.ts";
import {
  hasUntoldFills,
  isOpenInJournal,
  type JournalOrder,
  type Movement,
  type VenueJournal,
} from "./venue-journal.ts";

/** Orders that a report asks for one by one: each is a request. The rest is asked for by the next, which begins there. */
const ASKED_MAX = 60;
/** Trades and movements of one page of a report. */
const ENTRIES_MAX = 1_000;
/** Owners of trades that a report asks for one by one. */
const OWNERS_ASKED_MAX = 20;
/** How long an order in doubt is asked for by its name: later it can only show among those that are open, or by a trade. */
const DOUBT_ASKED_MS_MAX = 3_600_000;
/** How long the end of an order waits for its trades before it is told without them: venues store these apart. */
const TRADES_LATE_MS_MAX = 60_000;
/** Times that what an account holds is asked for while it trades, before we give up to know it. */
const OPENING_TRIES_MAX = 3;

const HISTORY = "history";
const ASKED_FROM = "asked-from";

export interface ReportParts {
  readonly books: JournalBooks;
  readonly client: VenueClient;
  readonly now: () => number;
  readonly currency: string;
  readonly instruments: readonly TradedInstrument[];
  /** Asks for an order and takes in the answer; undefined where the venue shows none. */
  readonly ask: (order: JournalOrder) => Promise<VenueOrder | undefined>;
}

interface Cursor {
  readonly entry: number;
  readonly sequence: number;
}

/** Everything that a venue tells when asked: orders, then what is held, trades last. Throws where it does not answer. */
export async function liveReport(parts: ReportParts, text: string): Promise<{ report: VenueReport; cursor: string }> {
  const cursor = readCursor(text);
  const askedAt = parts.now();
  const { open, seen, complete } = await askOrders(parts);
  const { holdings, isWhole } = await askHoldings(parts, askedAt);
  const { journal } = parts.books;
  const entries = journal.entriesAfter(cursor.entry, ENTRIES_MAX);
  const last = entries.at(-1)?.number ?? cursor.entry;
  const fillsComplete = isWhole && last === journal.lastEntry();
  const { ended, held } = endedOrders(parts, cursor.sequence);
  const own = [...ended, ...journal.openOrders().filter(({ placed }) => seen.has(placed.order.id))];
  const shown = own.sort(bySending).map((order) => (held.has(order) ? heldBack(order) : shownOrder(order)));
  // Ends are told again until all of their trades have been.
  const sequences = [...held].map(({ endedSequence = 0 }) => endedSequence - 1);
  const sequence = fillsComplete ? Math.min(journal.lastEvent(), ...sequences) : cursor.sequence;
  const report: VenueReport = {
    askedAt,
    orders: [...shown, ...open],
    ordersComplete: complete,
    fills: entries.flatMap(({ value }): VenueFill[] => ("fill" in value ? [value.fill] : [])),
    fillsComplete,
    movements: entries.flatMap(({ value }): Movement[] => ("movement" in value ? [value.movement] : [])),
    // What is held may hold trades that are still on their way: then nothing can be compared with it.
    ...(held.size > 0 || journal.openOrders().some(hasUntoldFills)
      ? { positions: undefined, balances: undefined }
      : heldNow(holdingParts(parts), holdings)),
  };
  return { report, cursor: `${last}.${sequence}` };
}

function readCursor(text: string): Cursor {
  const [entry, sequence] = text === "" ? [0, 0] : text.split(".").map(Number);
  if (!Number.isSafeInteger(entry) || !Number.isSafeInteger(sequence)) {
    throw new RangeError(`cursor must be one of this venue's, was ${text}`);
  }
  return { entry, sequence };
}

/** Open orders of the account, and what became of those of ours that are open no more. */
async function askOrders({ books, client, ask, now }: ReportParts) {
  const before = new Set(books.journal.openOrders().map(({ placed }) => placed.order.id));
  const listed = await client.openOrders();
  const open: VenueOrder[] = [];
  const seen = new Set<string>();
  for (const order of listed) {
    const own = books.find(order);
    if (own === undefined) open.push(order);
    else seen.add(own.placed.order.id);
  }
  books.take(listed.map((order) => ({ type: "order", order, reason: "" })));
  const gone = books.journal.openOrders().filter(({ placed, state }) => {
    const { id } = placed.order;
    const isAsked = state !== "doubt" || now() - placed.sentAt < DOUBT_ASKED_MS_MAX;
    return before.has(id) && !seen.has(id) && isAsked;
  });
  // The same ones first each time would keep the others waiting for ever.
  const from = gone.length <= ASKED_MAX ? 0 : Number(books.journal.read(ASKED_FROM) ?? "0") % gone.length;
  for (const order of [...gone.slice(from), ...gone.slice(0, from)].slice(0, ASKED_MAX)) {
    if ((await ask(order)) !== undefined) seen.add(order.placed.order.id);
  }
  if (gone.length > ASKED_MAX) books.journal.write(ASKED_FROM, String(from + ASKED_MAX));
  return { open, seen, complete: gone.length <= ASKED_MAX };
}

/** What is held, with all trades that it holds known before or after. */
async function askHoldings(parts: ReportParts, at: number): Promise<{ holdings: VenueHoldings; isWhole: boolean }> {
  const { client, books } = parts;
  const opened = isOpened(holdingParts(parts));
  if (opened) {
    const holdings = await client.holdings();
    const isWhole = await askHistory(parts);
    books.journal.transaction(() => tellOpening(holdingParts(parts)));
    return { holdings, isWhole };
  }
  for (let tries = 0; tries < OPENING_TRIES_MAX; tries++) {
    const known = (await askHistory(parts)) ? books.journal.lastEntry() : undefined;
    const holdings = await client.holdings();
    const isWhole = await askHistory(parts);
    if (!isWhole || known !== books.journal.lastEntry()) continue;
    books.journal.transaction(() => {
      openHoldings(holdingParts(parts), holdings, at);
      tellOpening(holdingParts(parts));
    });
    return { holdings, isWhole };
  }
  throw new VenueSilence("the account must rest while it is taken over, traded", { isSent: true });
}

function holdingParts({ books, client, currency, instruments }: ReportParts) {
  return { books, holds: client.capabilities.holds, currency, instruments };
}

/** From when on trades are asked for: from before the first order on. */
export function beginHistory(journal: VenueJournal, now: number): void {
  if (journal.read(HISTORY) === undefined) journal.write(HISTORY, JSON.stringify({ cursor: "", since: now }));
}

/** Trades and movements since we asked last, one page. True where there are no more. */
async function askHistory(parts: ReportParts): Promise<boolean> {
  const { books, client, instruments } = parts;
  const { journal } = books;
  const { cursor, since } = JSON.parse(journal.read(HISTORY) ?? "") as { cursor: string; since: number };
  const history = await client.history({ cursor, since, instruments: instruments.map(({ id }) => id) });
  const fills = await ownedFills(parts, history);
  if (fills === undefined) return false;
  journal.transaction(() => {
    books.take(fills.map((fill) => ({ type: "fill", fill })));
    books.take(history.movements.map((movement) => ({ type: "movement", movement })));
    journal.write(HISTORY, JSON.stringify({ cursor: history.cursor, since }));
  });
  return history.complete;
}

/**
 * Trades with the client ids of their orders. One of an order that we have no name of yet can be ours, in doubt until now:
 * so its owner is asked for before the trade counts as somebody else's. Undefined where more are to be asked for.
 */
async function ownedFills({ books, client }: ReportParts, history: VenueHistory): Promise<VenueFill[] | undefined> {
  const owners = new Map<string, string | undefined>();
  const fills: VenueFill[] = [];
  for (const fill of history.fills) {
    const { venueOrderId, instrument } = fill;
    const isNamed = fill.clientOrderId !== undefined || books.find(fill) !== undefined;
    if (isNamed || client.clientIdOf === undefined || !hasDoubt(books)) {
      fills.push(fill);
      continue;
    }
    if (!owners.has(venueOrderId)) {
      if (owners.size >= OWNERS_ASKED_MAX) return undefined;
      owners.set(venueOrderId, await client.clientIdOf({ instrument, venueOrderId }));
    }
    fills.push({ ...fill, clientOrderId: owners.get(venueOrderId) });
  }
  return fills;
}

/** Whether a trade of an order that the venue has not named to us could be ours. */
function hasDoubt(books: JournalBooks): boolean {
  return books.journal.openOrders().some(({ state, replacing }) => state === "doubt" || replacing !== undefined);
}

/** Orders that ended since, and those of them whose trades are not all known yet. */
function endedOrders({ books, now }: ReportParts, sequence: number) {
  const isLate = ({ endedAt = 0 }: JournalOrder) => now() - endedAt < TRADES_LATE_MS_MAX;
  // An order that a venue shows as filled ends without an event of its own: it has the number of the one before.
  const around = books.journal.ordersEndedAfter(sequence - 1).filter((order) => !isOpenInJournal(order));
  const held = new Set(around.filter((order) => hasUntoldFills(order) && isLate(order)));
  return { ended: around.filter((order) => held.has(order) || (order.endedSequence ?? 0) > sequence), held };
}

/**
 * An end whose trades are not told would look like trades that are lost. One that was filled is told as open until they
 * are; that an order was canceled was told as an event already, so that it is told with the trades that are known.
 */
function heldBack(order: JournalOrder): VenueOrder {
  const shown = shownOrder(order, order.known as Quantity);
  return order.state === "filled" ? { ...shown, status: "open" } : shown;
}

function bySending(left: JournalOrder, right: JournalOrder): number {
  return left.placed.sentAt - right.placed.sentAt;
}

/** The order as it was or will be under another of its names. */
export function underName(placed: PlacedOrder, sentAs: string): PlacedOrder {
  return { ...placed, sentAs, venueOrderId: sentAs === placed.sentAs ? placed.venueOrderId : undefined };
}

import { type Decimal, magnitude, negate, type Quantity } from "../core/ledger/decimal.ts";
import { roundQuantityToLot } from "../core/ledger/decimal-grid.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import type { Closing } from "../core/risk/verdict.ts";
import { ACCOUNT_SCOPE, botsAmong, EXTERNAL_BOT } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import type { DeskIntent } from "./desk-calls.ts";
import type { FlattenTask } from "./desk-record.ts";
import { heldBy } from "./scope-books.ts";

/** Attempts in a row that close nothing of what a kill switch shall close before a person is told that it does not work. */
const FLATTEN_ATTEMPTS_MAX = 20;
/** Between attempts: what denies one, such as a stale price, takes seconds to pass. After too many of them, */
const FLATTEN_AGAIN_MS = 2_000;
/** as long as a person may take; but what is held is never given up on. */
const FLATTEN_SLOWLY_MS = 60_000;

/** An order that closes a position. `all`: the other side of the account is being closed as well. */
export interface Flattening {
  readonly bot: string;
  readonly order: DeskIntent;
  readonly closes: Closing;
}

/** What closes positions now: nothing while something of the same part can still trade. */
export function dueFlattening(books: DeskBooks): Flattening[] {
  const { flatten } = books.record;
  if (flatten.length === 0) return [];
  const due: Flattening[] = [];
  const kept: FlattenTask[] = [];
  for (const task of flatten) {
    const parts = partsOf(books, task);
    // Whoever armed it again wants to trade; and what was sent before the kill may yet fill.
    if (!isHeld(books, task) || (parts.length === 0 && !isPending(books, task))) continue;
    const closing = isTryDue(task, books.now()) ? parts.filter((part) => !part.busy) : [];
    if (closing.length === 0) {
      kept.push(task);
      continue;
    }
    const attempts = task.attempts + 1;
    // Attempts that close something are not in vain, however many positions there are.
    const inVain = parts.length < (task.left ?? 0) ? 0 : (task.inVain ?? 0) + 1;
    kept.push({ ...task, attempts, inVain, left: parts.length, triedAt: books.now() });
    if (inVain === FLATTEN_ATTEMPTS_MAX) {
      books.write(() => {
        const message = `${parts.length} positions are not closed after ${FLATTEN_ATTEMPTS_MAX} attempts.`;
        books.alert({ level: "critical", botId: task.bot ?? null, code: "FLATTEN_FAILED", message });
      });
    }
    for (const { bot, instrument, held } of closing) {
      const order: DeskIntent = {
        candleTime: task.at,
        leg: `flatten:${instrument}`,
        ordinal: attempts,
        instrument,
        side: held > 0n ? "sell" : "buy",
        kind: "market",
        role: "flatten",
        quantity: formatDecimal(magnitude(held)),
        reduceOnly: true,
        signal: `flatten ${bot} ${task.at} ${attempts}`,
      };
      due.push({ bot, order, closes: task.bot === undefined ? "all" : "some" });
    }
  }
  const isSame = kept.length === flatten.length && kept.every((task, index) => task === flatten[index]);
  if (!isSame) books.write(() => books.note({ flatten: kept }));
  return due;
}

/** Positions that a task shall close, and whether an order of the same part is still under way. */
function partsOf(books: DeskBooks, task: FlattenTask) {
  const bots = botsAmong(books.scopeNames());
  return bots
    .filter((bot) => task.bot === undefined || bot === task.bot)
    .flatMap((bot) =>
      [...books.scope(bot).ledger.positions.keys()]
        .filter((instrument) => task.instrument === undefined || instrument === task.instrument)
        .flatMap((instrument) => {
          const held = closableOf(books, instrument, heldBy(books.scope(bot), instrument));
          if (held === undefined) return [];
          const open = books.openOrders().filter(({ order }) => order.bot === bot && order.instrument === instrument);
          const busy = open.some(({ order }) => order.parent === undefined && order.state !== "LOST");
          return [{ bot, instrument, held, busy }];
        }),
    );
}

/**
 * What an order can close of a position, signed: whole lots. Undefined where less than one is held, as the rest of a fee
 * that was taken from coins. Lots that are worth too little for the venue are tried, and a person is told of them.
 */
function closableOf(books: DeskBooks, instrument: string, held: Decimal): Decimal | undefined {
  const rules = books.account.instruments.get(instrument);
  if (rules === undefined) return held;
  const whole = roundQuantityToLot(magnitude(held) as Quantity, rules.lot);
  if (whole === 0n) return undefined;
  return held < 0n ? negate<Decimal>(whole) : whole;
}

/** Whether a switch still stops what a task shall close. */
function isHeld(books: DeskBooks, { bot, instrument }: FlattenTask): boolean {
  const { platform, user, instruments } = books.record;
  const own = bot === undefined ? [] : [books.scope(bot).trading];
  const traded = instrument === undefined ? [] : [instruments[instrument]];
  const all = [platform, user, books.scope(ACCOUNT_SCOPE).trading, ...own, ...traded];
  return all.some((trading) => trading?.state === "HALTED");
}

/** Whether an order that a task holds for may still open something. */
function isPending(books: DeskBooks, { bot, instrument }: FlattenTask): boolean {
  return books
    .openOrders()
    .filter(({ order }) => order.bot !== EXTERNAL_BOT && (bot === undefined || order.bot === bot))
    .some(({ order }) => instrument === undefined || order.instrument === instrument);
}

/** A time in the future is of a clock that was set back since. */
function isTryDue({ inVain = 0, triedAt }: FlattenTask, now: number): boolean {
  if (triedAt === undefined || triedAt > now) return true;
  return now - triedAt >= (inVain < FLATTEN_ATTEMPTS_MAX ? FLATTEN_AGAIN_MS : FLATTEN_SLOWLY_MS);
}

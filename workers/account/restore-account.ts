import type { RestoredMark } from "../backup/backed-up-object.ts";
import { timeFact } from "../platform/object-facts.ts";
import type { OpenAccount } from "./account-outbox.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import { VENUE_SILENT } from "./venue-silent.ts";

/**
 * Numbers that others counted by before the loss: rows of lists, events that bots have heard. What is numbered from now on
 * stands behind all of them, however much of it is gone.
 */
const LOST_NUMBERS_MAX = 1_000_000;
const RESTORED = "RESTORED";

type Sql = Pick<SqlStorage, "exec">;

/** Puts numbers behind everything that may have been given out, and has lists brought up to date from the begin. */
export function skipLostNumbers(sql: Sql): void {
  sql.exec("update orders set sequence = sequence + ?", LOST_NUMBERS_MAX);
  for (const name of ["order_events", "trade_parts"]) skipLostNumber(sql, name);
  sql.exec("delete from document_parts where name = 'projected'");
}

/** The next number of a table that counts by itself. */
export function skipLostNumber(sql: Sql, name: string): void {
  const [known] = sql.exec<{ seq: number }>("select seq from sqlite_sequence where name = ?", name).toArray();
  sql.exec("delete from sqlite_sequence where name = ?", name);
  sql.exec("insert into sqlite_sequence (name, seq) values (?, ?)", name, (known?.seq ?? 0) + LOST_NUMBERS_MAX);
}

/**
 * Halts a restored account until a person arms it again. What was to be closed is not, and what a simulated venue said is
 * heard again from the begin, since it may have gone on behind the books; each trade counts once.
 */
export function haltRestored({ desk, venue }: OpenAccount, { asOf }: RestoredMark): void {
  const { books } = desk;
  books.write(() => {
    books.note({ flatten: [], ...(venue.live === undefined ? { cursor: "", venueSequence: 0 } : {}) });
    const message = `Restored from a backup as of ${timeFact(asOf)}. Look at both sides, then arm it again.`;
    books.halt(ACCOUNT_SCOPE, RESTORED, message);
  });
}

/** Asks the venue for everything and holds the books against it. Answers what differs; empty where both sides agree. */
export async function reconcileRestored({ desk }: OpenAccount): Promise<string[]> {
  // A difference stands once it was the same twice.
  const sweeps = [await desk.sweepNow(), await desk.sweepNow()];
  const { halts } = desk.books.record;
  const found = halts.map(({ code, instrument }) => `${code}${instrument === null ? "" : ` of ${instrument}`}`);
  return sweeps.every((isWhole) => isWhole) ? found : [...found, VENUE_SILENT];
}

import { desc, sql } from "drizzle-orm";
import { backups } from "../../schema/tables/backup.ts";
import { backupObject } from "../backup/backup-object-of.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";

/** Rows of one statement: some hundred milliseconds of the database. */
const ROWS_A_STATEMENT = 10_000;

/** What a drill of backups asks of the deployment: rows by the thousand, a full backup, and what became of it. */
export async function drillBackup(env: Env, verb: "fill" | "backup" | "backups", rows: number): Promise<unknown> {
  const database = openDatabase(env.DB);
  if (verb === "backups") return database.select().from(backups).orderBy(desc(backups.startedAt)).limit(10);
  if (verb === "backup") {
    await backupObject(env).keepGoing();
    return backupObject(env).begin({ askedBy: "person" });
  }
  for (let from = 0; from < rows; from += ROWS_A_STATEMENT) await fill(env, Math.min(ROWS_A_STATEMENT, rows - from));
  return { rows };
}

/** Trades as those of a year, of somebody who has none; half of each row is chance, which does not pack. */
async function fill(env: Env, rows: number): Promise<void> {
  await openDatabase(env.DB).run(sql`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
    insert into fills (id, owner_id, account_id, bot_id, order_id, trade_id, instrument, side, quantity, price, fee,
      fee_currency, liquidity, at)
    select lower(hex(randomblob(16))), 'usr_filled', 'acc_filled', null, lower(hex(randomblob(16))), lower(hex(randomblob(8))),
      'SIM:BTC-USD', 'buy', '0.0' || abs(random() % 100000), '6' || abs(random() % 10000) || '.12', '0.0' || abs(random() % 1000),
      'USD', 'taker', 1767225600000 + i from n`);
}

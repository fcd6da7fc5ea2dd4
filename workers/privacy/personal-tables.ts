import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { backfills } from "../../schema/tables/backfill.ts";
import { backtests } from "../../schema/tables/backtest.ts";
import { candlePeriods } from "../../schema/tables/candle.ts";
import { venueConnections } from "../../schema/tables/connection.ts";
import { datasets, imports } from "../../schema/tables/dataset.ts";
import { idempotencyKeys } from "../../schema/tables/idempotency.ts";
import {
  apiKeys,
  invitations,
  oneTimeTokens,
  openSockets,
  passkeys,
  recoveryCodes,
  sessions,
  totpSecrets,
  users,
  viewers,
} from "../../schema/tables/identity.ts";
import {
  noticeChannels,
  noticeDeliveries,
  noticeRules,
  noticeSettings,
  notices,
} from "../../schema/tables/notification.ts";
import { auditHeads, auditOutbox, mailOutbox } from "../../schema/tables/outbox.ts";
import { dataExports, erasures } from "../../schema/tables/privacy.ts";
import { strategies, strategyVersions, trialCounts } from "../../schema/tables/strategy.ts";
import { bots, fills, journal, journalTags, orders, tradingAccounts } from "../../schema/tables/trading.ts";
import { ownerKeys, vaultSecrets } from "../../schema/tables/vault.ts";

/** A table with rows about persons: what of it goes into their archive, and what becomes of it at their erasure. */
export interface PersonalTable {
  readonly table: SQLiteTable;
  /** Columns of which any may hold the person's id. */
  readonly people: readonly [SQLiteColumn, ...SQLiteColumn[]];
  readonly archive:
    | { readonly file: string; readonly says: string; readonly without: readonly string[] }
    | { readonly leftOutSince: string };
  readonly erasure: "rows" | { readonly keptSince: string };
}

const owned = (
  table: SQLiteTable & { readonly ownerId: SQLiteColumn },
  archive: PersonalTable["archive"],
): PersonalTable => ({ table, people: [table.ownerId], archive, erasure: "rows" });
const personal = (
  table: SQLiteTable & { readonly userId: SQLiteColumn },
  archive: PersonalTable["archive"],
): PersonalTable => ({ table, people: [table.userId], archive, erasure: "rows" });
const file = (name: string, says: string, without: readonly string[] = []) => ({ file: name, says, without });

/**
 * Every table that holds something about a person, in the order of the archive. A table that is missing here is found by
 * a test. The keys of secrets and the person's own row are erased apart from the others: first, and last.
 */
export const PERSONAL_TABLES: readonly PersonalTable[] = [
  {
    table: users,
    people: [users.id],
    archive: file("profile", "Your account: address, name, role, and when it was made.", ["passwordHash"]),
    erasure: "rows",
  },
  personal(sessions, file("sessions", "Browsers that were signed in, from where and when.", ["seed"])),
  owned(
    apiKeys,
    file("api-keys", "Keys of programs: what they may do and when they were used; not the keys.", ["hash"]),
  ),
  personal(passkeys, file("passkeys", "Your passkeys: their public halves.")),
  personal(totpSecrets, file("authenticator", "When an authenticator app was set up; not its secret.")),
  personal(recoveryCodes, file("recovery-codes", "When recovery codes were made and used; not the codes.", ["hash"])),
  {
    table: viewers,
    people: [viewers.ownerId, viewers.viewerId],
    archive: file("viewers", "Who may look at your account, and whose you may look at."),
    erasure: "rows",
  },
  owned(invitations, file("invitations", "Whom you invited to look at your account.")),
  personal(openSockets, file("open-sockets", "Live connections of your sessions of the last two days.")),
  owned(datasets, file("datasets", "Your datasets: names, instruments, periods. Their candles are in candles/.")),
  owned(candlePeriods, file("candle-files", "Which stretch of which dataset is in which file.", ["objectKey"])),
  owned(imports, file("imports", "Files that you imported, and what was found in them.")),
  owned(
    backfills,
    file("backfills", "Candles that you had brought from venues: of what, when, and how far it got.", [
      ...["leaseToken", "leaseUntilMs", "aliveAt", "redrives", "generation"],
    ]),
  ),
  owned(strategies, file("strategies", "Your strategies at their newest versions.")),
  owned(strategyVersions, file("strategy-versions", "Every version of your strategies.")),
  owned(
    backtests,
    file("backtests", "Your runs: settings and main figures. Their reports are in reports/.", ["leaseToken"]),
  ),
  owned(trialCounts, file("trials", "How often you tried something on the same markets.")),
  owned(
    venueConnections,
    file("connections", "Keys of venues that you keep: which, and what the venue says of them; not the keys."),
  ),
  owned(tradingAccounts, file("trading-accounts", "Your accounts with venues: names, markets, fees.")),
  owned(bots, file("bots", "Your bots: what they were told to do and how they stood.")),
  owned(orders, file("orders", "Orders of your bots and your own.", ["change"])),
  owned(fills, file("fills", "What was traded for you.")),
  owned(journal, file("journal", "Your trades with your notes. Their pictures are in journal/.", ["pictureKey"])),
  owned(journalTags, file("journal-tags", "How you tagged your trades.")),
  owned(noticeSettings, file("notice-settings", "How you want to be told: quiet hours, digest, repeats.")),
  owned(noticeChannels, file("notice-channels", "Ways over which you are told; not what opens them.")),
  owned(noticeRules, file("notice-rules", "What you are told, and where.")),
  owned(notices, file("notices", "What you were told in the last 30 days.")),
  owned(noticeDeliveries, file("notice-deliveries", "What became of it on each way in the last 30 days.")),
  owned(
    vaultSecrets,
    file("secrets", "Secrets that are kept for you: what for, since when, a fingerprint; not the secrets.", ["sealed"]),
  ),
  personal(mailOutbox, file("letters", "Letters that were sent to you or for you, without their text.", ["body"])),
  owned(
    dataExports,
    file("archives", "Archives like this one that you asked for.", [
      ...["objectKey", "leaseToken", "leaseUntilMs", "aliveAt", "redrives", "checkpoint"],
    ]),
  ),
  owned(auditHeads, { leftOutSince: "it repeats the head of the audit trail, which is there" }),
  owned(auditOutbox, { leftOutSince: "it moves into the audit trail, which is there, before the archive reads that" }),
  personal(oneTimeTokens, {
    leftOutSince: "it holds hashes of links that work once, with what waits for them, and is emptied within days",
  }),
  owned(idempotencyKeys, { leftOutSince: "it only repeats ids of things that are there, for a day" }),
  owned(ownerKeys, { leftOutSince: "it is half of the key to the person's secrets" }),
  {
    table: erasures,
    people: [erasures.ownerId],
    archive: { leftOutSince: "who can still ask for an archive has no row here" },
    erasure: { keptSince: "it says that the account was erased; the id in it goes with the second round" },
  },
];

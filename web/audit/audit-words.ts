import type { AuditRow, AuditVerification } from "../../schema/wire/audit.ts";

const WORDS: Readonly<Record<string, string>> = {
  "account.ask-email-change": "Asked to change the e-mail address",
  "account.bootstrap": "Became the first administrator",
  "account.change-email": "Changed the e-mail address",
  "account.change-password": "Changed the password",
  "account.create": "Made the account",
  "account.delete": "Deleted a trading account",
  "account.difference": "Took a venue's figure over into the books",
  "account.forgot-password": "Asked for a new password",
  "account.keep": "Kept the account after all",
  "account.limits": "Set the limits of an account",
  "account.plan-deletion": "Asked for the account to be deleted",
  "account.rename": "Changed the name",
  "account.reset-password": "Set a new password by letter",
  "account.trading-state": "Armed, reduced or halted trading",
  "account.verify-email": "Confirmed the e-mail address",
  "api-key.create": "Made an API key",
  "api-key.revoke": "Revoked an API key",
  "backfill.cancel": "Stopped bringing candles of a venue",
  "backfill.create": "Had candles of a venue brought",
  "backfill.delete": "Deleted candles that were not brought to the end",
  "backfill.finish": "Candles of a venue became a dataset",
  "backfill.resume": "Had candles of a venue go on coming",
  "backtest.cancel": "Stopped a backtest",
  "backtest.create": "Started a backtest",
  "backtest.delete": "Deleted a backtest",
  "bot.archive": "Put a bot into the archive",
  "bot.create": "Made a bot",
  "bot.edit": "Changed a bot",
  "bot.pause": "Paused a bot",
  "bot.resume": "Let a bot go on",
  "bot.start": "Started a bot",
  "bot.stop": "Stopped a bot",
  "connection.create": "Connected a venue",
  "connection.remove": "Removed a venue's key",
  "connection.rename": "Renamed a venue's key",
  "connection.rotate": "Replaced a venue's key",
  "dataset.delete": "Deleted a dataset",
  "dataset.import": "Imported a dataset",
  "dataset.rename": "Renamed a dataset",
  "export.delete": "Deleted an archive of the data",
  "export.fail": "An archive of the data failed",
  "export.finish": "An archive of the data was made",
  "export.link": "Had a link to an archive made",
  "export.request": "Asked for an archive of the data",
  "factor.add": "Added a second factor",
  "factor.remove": "Removed a second factor",
  "factor.renew-recovery-codes": "Made new recovery codes",
  "hook.create": "Made an address for signals",
  "hook.edit": "Changed an address for signals",
  "hook.revoke": "Removed an address for signals",
  "hook.rotate": "Made a new address for signals",
  "job.cancel": "Cancelled somebody's work",
  "job.redrive": "Had work done again",
  "journal.edit": "Changed an entry of the journal",
  "journal.picture": "Put a picture into the journal",
  "notice-channel.ask-code": "Asked for the code of a channel",
  "notice-channel.change": "Changed a channel of notices",
  "notice-channel.confirm": "Confirmed a channel of notices",
  "notice-channel.create": "Made a channel of notices",
  "notice-channel.remove": "Removed a channel of notices",
  "notice-inbox.read": "Marked notices as read",
  "notice-rule.put": "Set a rule of notices",
  "notice-rule.remove": "Removed a rule of notices",
  "notice-settings.put": "Set the times of notices",
  "object.wake": "Woke a bot or an account",
  "order.cancel": "Cancelled an order",
  "order.create": "Placed an order",
  "order.release": "Released a lost order",
  "platform.backup": "Had a full backup made",
  "platform.closing.ask": "Asked for all positions to be closed",
  "platform.closing.confirm": "Agreed to close all positions",
  "platform.closing.withdraw": "Took the closing of all positions back",
  "platform.maintenance": "Changed the maintenance",
  "platform.trading": "Threw the switch of all trading",
  "session.end": "Signed out",
  "session.refuse": "Sign-in refused",
  "session.refuse-factor": "Second factor refused",
  "session.refuse-step-up": "Proof refused",
  "session.reuse": "An old token came back; the session was ended",
  "session.revoke": "Ended a session",
  "session.revoke-others": "Ended all other sessions",
  "session.start": "Signed in",
  "session.step-up": "Proved again who it is",
  "session.view": "Looked at an account",
  "sharing.accept": "Accepted an invitation",
  "sharing.accepted": "An invitation was accepted",
  "sharing.invite": "Invited somebody",
  "sharing.leave": "Gave up a shared account",
  "sharing.remove-viewer": "Ended somebody's view",
  "sharing.withdraw": "Took an invitation back",
  "signal.replay": "Had a signal acted on again",
  "strategy.create": "Wrote a strategy",
  "strategy.delete": "Deleted a strategy",
  "strategy.update": "Changed a strategy",
  "trading.kill": "Threw the kill switch",
  unreadable: "This entry cannot be read",
  "user.change": "Changed a user",
  "user.end-sessions": "Ended a user's sessions",
};

/** An action in plain words; one that has none yet, by its own name. */
export function actionWords(action: string): string {
  const known = WORDS[action];
  if (known !== undefined) return known;
  const text = action.replace(".", ", ").replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Who acted, as the owner of the trail calls them. */
export function actorWords({ type, userId }: AuditRow["actor"], ownerId: string | undefined): string {
  if (type === "system") return "The system";
  if (type === "anonymous") return "Nobody signed in";
  const who = userId === ownerId ? "You" : "Somebody else";
  return type === "api-key" ? `${who}, by API key` : who;
}

type Fault = NonNullable<AuditVerification["fault"]>;

const FAULTS: Readonly<Record<Fault["kind"], (seq: string) => string>> = {
  changed: (seq) => `entry ${seq} was changed after it was written`,
  missing: (seq) => `entry ${seq} is missing`,
  order: (seq) => `an earlier entry stands where ${seq} should`,
  truncated: (seq) => `entry ${seq} and all behind it are missing`,
  rewritten: (seq) => `the trail was made anew up to entry ${seq}: it differs from what was anchored`,
};

/** What is wrong with a trail, as the end of a sentence. */
export function faultWords({ seq, kind }: Fault): string {
  return FAULTS[kind](seq.toLocaleString("en"));
}

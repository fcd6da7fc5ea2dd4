import type { AuditRow, AuditVerification } from "../../schema/wire/audit.ts";

const WORDS: Readonly<Record<string, string>> = {
  "account.ask-email-change": "Asked to change the e-mail address",
  "account.bootstrap": "Became the first administrator",
  "account.change-email": "Changed the e-mail address",
  "account.change-password": "Changed the password",
  "account.create": "Made the account",
  "account.forgot-password": "Asked for a new password",
  "account.rename": "Changed the name",
  "account.reset-password": "Set a new password by letter",
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
  "dataset.delete": "Deleted a dataset",
  "dataset.import": "Imported a dataset",
  "dataset.rename": "Renamed a dataset",
  "factor.add": "Added a second factor",
  "factor.remove": "Removed a second factor",
  "factor.renew-recovery-codes": "Made new recovery codes",
  "job.cancel": "Cancelled somebody's work",
  "job.redrive": "Had work done again",
  "object.wake": "Woke a bot or an account",
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
  "strategy.create": "Wrote a strategy",
  "strategy.delete": "Deleted a strategy",
  "strategy.update": "Changed a strategy",
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

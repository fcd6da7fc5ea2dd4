const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Retention {
  /** What is kept, as people call it. */
  readonly what: string;
  readonly keptMs: number;
  /** From when on the time counts. */
  readonly since: string;
  readonly reason: string;
}

/**
 * How long each thing is kept that does not simply live as long as its account. The one list: jobs enforce it, the
 * document on privacy repeats it, and a test holds both together.
 */
export const RETENTION = {
  sessions: {
    what: "Sessions with address and browser",
    keptMs: 30 * DAY_MS,
    since: "they ended or ran out",
    reason: "so that their owner can still find out who was signed in",
  },
  oneTimeTokens: {
    what: "Links in letters and other things that work once",
    keptMs: DAY_MS,
    since: "they ran out",
    reason: "they are worth nothing any more; a day helps to find a fault",
  },
  letters: {
    what: "Letters: address, subject, when; the text goes once they are sent",
    keptMs: 30 * DAY_MS,
    since: "they were sent or given up",
    reason: "so that a letter that did not arrive can be looked into",
  },
  notices: {
    what: "Notices that you were told",
    keptMs: 30 * DAY_MS,
    since: "what they tell of",
    reason: "so that the list in the app reaches back for a month",
  },
  noticeDeliveries: {
    what: "What became of notices on each of your channels",
    keptMs: 30 * DAY_MS,
    since: "they were to leave",
    reason: "so that a notice that did not arrive can be looked into",
  },
  invitations: {
    what: "Invitations",
    keptMs: 30 * DAY_MS,
    since: "they were accepted or ran out",
    reason: "so that their owner can still see whom they invited",
  },
  apiKeys: {
    what: "API keys that work no more, without the keys",
    keptMs: 90 * DAY_MS,
    since: "they were revoked or ran out",
    reason: "so that their owner can still see what a key was and when it was used",
  },
  backups: {
    what: "Backups: everything as it was, sealed; secrets in them do not open once their owner is erased",
    keptMs: 30 * DAY_MS,
    since: "they were made",
    reason: "so that what was lost or spoilt can be brought back; nothing in them can be changed",
  },
  openSockets: {
    what: "Which session holds which live connection",
    keptMs: 2 * DAY_MS,
    since: "it was opened",
    reason: "no connection lasts longer, and its session's end must find it",
  },
  idempotencyKeys: {
    what: "Repeat keys of requests",
    keptMs: DAY_MS,
    since: "the request",
    reason: "programs that repeat a request do so within a day",
  },
  imports: {
    what: "Reports on imported files",
    keptMs: 90 * DAY_MS,
    since: "the import ended",
    reason: "so that what was found in a file can be looked up; the dataset keeps its own report",
  },
  unfinishedBackfills: {
    what: "Candles of venues that were not brought to the end",
    keptMs: 30 * DAY_MS,
    since: "they were stopped or failed",
    reason: "so that their owner can have them go on",
  },
  signals: {
    what: "Signals that bots were sent, at most 5,000 a bot",
    keptMs: 90 * DAY_MS,
    since: "they came in",
    reason: "so that their owner can see what came of them and have one acted on again",
  },
  stagedUploads: {
    what: "Uploaded files while they are read",
    keptMs: HOUR_MS,
    since: "the upload",
    reason: "they are read within minutes; what is left then was abandoned",
  },
  exports: {
    what: "Archives of a person's data",
    keptMs: 7 * DAY_MS,
    since: "they were done or failed",
    reason: "time enough to fetch one; everything in one place is worth most to a thief",
  },
  unconfirmedAccounts: {
    what: "Accounts whose address was never confirmed",
    keptMs: 30 * DAY_MS,
    since: "the sign-up",
    reason: "whoever wanted the account would have come back by then",
  },
  erasures: {
    what: "That an account was erased: a hash of its id, and when",
    keptMs: 400 * DAY_MS,
    since: "the erasure",
    reason: "so that nothing that comes late begins the account anew, and the erasure can be shown",
  },
} as const satisfies Readonly<Record<string, Retention>>;

/** The list as the document shows it: one line a rule. */
export function retentionLines(): string[] {
  return Object.values(RETENTION).map(
    ({ what, keptMs, since, reason }) => `| ${what} | ${lengthOf(keptMs)} | ${since} | ${reason} |`,
  );
}

function lengthOf(keptMs: number): string {
  const days = keptMs / DAY_MS;
  if (days < 1) return `${keptMs / HOUR_MS} hour`;
  return days === 1 ? "1 day" : `${days} days`;
}

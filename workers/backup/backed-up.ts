/*
 * What is backed up, and what is not and why. A test holds this list to the classes of wrangler.toml and to the tables of the
 * database, so that a new one has to be named here.
 */

interface KeptObject {
  readonly isKept: true;
  /** What would be lost. */
  readonly because: string;
  /** Which of its values by name: those of a list, or all but those of a list. A name with a slash at its end stands for all that begin so. */
  readonly values: { readonly kept?: readonly string[]; readonly leftOut: readonly string[] };
}

interface LeftObject {
  readonly isKept: false;
  /** How it comes back. */
  readonly because: string;
}

/** Sealed copies of keys, with the owner's half beside them, must go with their owner and are read from the vault again. */
const KEYS = "venue-keys";
/** Marks of work that a crash cut off, and of the restore itself. */
const PASSING = ["alarms-cut-off", "restored", "restoring"] as const;
const ALL = { leftOut: [KEYS, ...PASSING] };

/** Every class of objects. */
export const OBJECT_CLASSES = {
  AccountObject: {
    isKept: true,
    because: "the desk: orders, verdicts, the ledger, switches, limits, the journal of what was sent to a venue",
    values: { leftOut: [KEYS, ...PASSING, "followed", "sidecar-link", "terminal-line"] },
  },
  AuditObject: { isKept: true, because: "the trail: a chain that nobody can make again", values: ALL },
  BackupCheckObject: { isKept: false, because: "holds what is being checked, and is emptied behind it" },
  BackupObject: {
    isKept: false,
    because: "knows which backup is being made; what was made stands in the store itself",
  },
  BotObject: { isKept: true, because: "the engine's state, its decisions, its log", values: ALL },
  ConnectionObject: {
    isKept: false,
    because: "holds sessions of venues: the next log-in makes others, and listeners come again",
  },
  FeedObject: { isKept: false, because: "a simulated market is a function of time; its listeners come again" },
  HubObject: {
    isKept: true,
    because: "a person's switch, alerts, and what the trail has not got yet; what accounts and bots report comes again",
    values: { kept: ["owner", "userTrading", "alerts", "trail/"], leftOut: [] },
  },
  MetricsObject: { isKept: false, because: "sums of counters: Prometheus takes a restart for one" },
  PaperVenueObject: {
    isKept: true,
    because: "a simulated venue's own books: no broker elsewhere has them",
    values: ALL,
  },
  NoticeObject: { isKept: false, because: "sends what the database's outbox holds, which is told to it again" },
  RelayObject: { isKept: false, because: "holds sockets and nothing else" },
  ReplayObject: {
    isKept: true,
    because: "where a replayed market stands, which bots have decided up to",
    values: { kept: ["replay"], leftOut: [] },
  },
  RunObject: {
    isKept: false,
    because: "progress of a run: its row says what became of it, and the watchdog sends it again",
  },
  SidecarObject: { isKept: false, because: "looks after a container: the next look starts anew" },
  ThrottleObject: { isKept: false, because: "budgets of seconds and counts of attempts, which begin anew" },
  VenueMarketObject: { isKept: false, because: "minutes of a venue, which are asked for again" },
} as const satisfies Readonly<Record<string, KeptObject | LeftObject>>;

type Classes = typeof OBJECT_CLASSES;
/** A class whose objects are backed up. */
export type BackedUpClass = {
  [Name in keyof Classes]: Classes[Name]["isKept"] extends true ? Name : never;
}[keyof Classes];

/** Those of them that are backed up. */
export const BACKED_UP = Object.fromEntries(
  Object.entries(OBJECT_CLASSES).filter(([, { isKept }]) => isKept),
) as unknown as Readonly<Record<BackedUpClass, KeptObject>>;

/** The table of the database whose changes nobody asks for. */
export const NOT_NOTED = "open_sockets";

/** Tables of the database that no unit holds; every other is backed up. */
export const TABLES_LEFT_OUT: Readonly<Record<string, string>> = {
  owner_keys: "halves of owners' keys, kept apart from all units so that they go with their owner: see `owner-keys.ts`",
  open_sockets: "who is connected now: sockets that are gone with the runtime",
  backup_changes: "the backup's own notes",
  backup_marks: "the backup's own notes",
  backup_state: "the backup's own notes",
  backup_values: "the backup's own notes",
};

/** How much a notice matters: `critical` leaves at once and at any hour. */
export const NOTICE_LEVELS = ["info", "warning", "critical"] as const;
export type NoticeLevel = (typeof NOTICE_LEVELS)[number];

/** What rules are made by: each event belongs to one topic. */
export const NOTICE_TOPICS = {
  bot: { title: "Bots", says: "Started, paused, stopped, halted, or ended by an error." },
  shadow: { title: "Difference to the backtest", says: "A bot fell further behind its backtest than it may." },
  order: { title: "Orders that failed", says: "Denied by the desk, rejected by the venue, unknown, or lost." },
  fill: { title: "Fills", says: "Every trade. Many, where bots are busy." },
  cap: { title: "Caps", says: "Four fifths of a cap are used, or all of it." },
  loss: { title: "Losses", says: "The day's loss or the draw-down is near its limit, or has reached it." },
  halt: { title: "Kill switch and halts", says: "Trading was stopped, by a person or by a rule." },
  reconcile: { title: "Differences to the venue", says: "What the venue holds is not what the books say." },
  stream: { title: "Connections to venues", says: "A venue cannot be reached, or can be again." },
  market: { title: "Instruments", says: "A venue changed the rules of an instrument, or lists it no more." },
  work: { title: "Runs and data", says: "A backtest or a backfill ended or failed." },
  security: { title: "Account security", says: "Signed in, password, second factor, keys, who may look on." },
  delivery: { title: "Notifications", says: "A channel does not work any more." },
  platform: { title: "The deployment", says: "Trading of all, failed jobs, dead letters, the database." },
} as const;
export type NoticeTopic = keyof typeof NOTICE_TOPICS;
export const NOTICE_TOPIC_NAMES = Object.keys(NOTICE_TOPICS) as readonly NoticeTopic[];
/** Topics of the deployment's people; all others are of persons. */
export const OPERATOR_TOPICS: readonly NoticeTopic[] = ["platform", "delivery"];
export const PERSON_TOPICS: readonly NoticeTopic[] = NOTICE_TOPIC_NAMES.filter((topic) => topic !== "platform");

interface EventSpec {
  readonly topic: NoticeTopic;
  readonly level: NoticeLevel;
  /** What it says, in one sentence: stands in docs/notifications.md. */
  readonly says: string;
  /** Told each time; others are told once within the time that repeats are held back. */
  readonly always?: true;
  /** Reaches whoever is told of this level, though it may wait as its own does: what ends something they were told of. */
  readonly reaches?: NoticeLevel;
}

/** Every event that people can be told of. What is not here is told to nobody. */
export const NOTICE_EVENTS = {
  "bot.started": { topic: "bot", level: "info", says: "A bot was started." },
  "bot.stopped": { topic: "bot", level: "info", says: "A bot was stopped." },
  "bot.paused": { topic: "bot", level: "info", says: "A bot makes no entries, by hand or since it may only reduce." },
  "bot.resumed": { topic: "bot", level: "info", says: "A bot makes entries again." },
  "bot.halted": { topic: "bot", level: "warning", says: "A bot was halted: it sends nothing until a person looks." },
  "bot.error": { topic: "bot", level: "warning", says: "A bot could not go on and tries again." },
  "bot.failed": { topic: "bot", level: "critical", says: "A bot stopped by itself after errors in a row." },
  "bot.unprotected": { topic: "bot", level: "critical", says: "A bot holds something whose stop no longer rests." },
  "signal.missing": { topic: "bot", level: "warning", says: "A bot heard no signal for longer than it expects." },
  "signal.heard": { topic: "bot", level: "info", says: "A bot that missed signals hears them again." },
  "signal.locked": { topic: "bot", level: "warning", says: "A bot's address for signals was locked." },
  "shadow.behind": { topic: "shadow", level: "warning", says: "A bot fell behind its backtest and paused." },
  "order.denied": { topic: "order", level: "warning", says: "The desk denied an order." },
  "order.rejected": { topic: "order", level: "warning", says: "The venue rejected an order." },
  "order.unknown": { topic: "order", level: "warning", says: "What became of an order is not known; it is asked for." },
  "order.lost": { topic: "order", level: "critical", says: "An order was sent and never found at the venue." },
  "order.filled": { topic: "fill", level: "info", always: true, says: "An order traded, in part or whole." },
  "cap.near": { topic: "cap", level: "warning", says: "Four fifths of a cap are used." },
  "cap.reached": { topic: "cap", level: "warning", says: "All of a cap is used: orders beyond it are denied." },
  "loss.near": { topic: "loss", level: "warning", says: "The day's loss or draw-down is four fifths of its limit." },
  "loss.reached": { topic: "loss", level: "critical", says: "The day's loss or draw-down has reached its limit." },
  "loss.new-day": { topic: "loss", level: "info", says: "A new day began: what lost its day trades again." },
  "halt.kill": { topic: "halt", level: "critical", always: true, says: "The kill switch was thrown." },
  "halt.desk": { topic: "halt", level: "critical", says: "The desk halted a bot or the account by a rule." },
  "halt.not-closed": { topic: "halt", level: "critical", says: "What a kill switch shall close is still held." },
  "halt.lifted": {
    ...{ topic: "halt", level: "info", always: true, reaches: "critical" },
    says: "A stop of an account, an instrument or everything was lifted by a person.",
  },
  "reconcile.difference": {
    topic: "reconcile",
    level: "critical",
    says: "Books and venue differ; what differs is halted.",
  },
  "stream.down": { topic: "stream", level: "warning", says: "A venue or its stream has been away for 15 seconds." },
  "stream.back": { topic: "stream", level: "info", says: "A venue or stream that was away is back." },
  "instrument.changed": { topic: "market", level: "warning", says: "A venue changed the rules of an instrument." },
  "instrument.delisted": { topic: "market", level: "critical", says: "A venue lists an instrument no more." },
  "run.done": { topic: "work", level: "info", says: "A backtest has its report." },
  "run.failed": { topic: "work", level: "warning", says: "A backtest failed." },
  "backfill.done": { topic: "work", level: "info", says: "A venue's candles were brought." },
  "backfill.failed": { topic: "work", level: "warning", says: "A venue's candles could not be brought." },
  "security.sign-in": { topic: "security", level: "info", always: true, says: "Somebody signed in to the account." },
  "security.changed": {
    topic: "security",
    level: "warning",
    always: true,
    says: "A password, factor, address, key or viewer of the account was changed.",
  },
  "security.reuse": {
    topic: "security",
    level: "critical",
    always: true,
    says: "An old key of a session was shown again; the session was ended.",
  },
  "channel.failing": { topic: "delivery", level: "warning", says: "Notices on one channel were given up." },
  "platform.trading": {
    topic: "platform",
    level: "critical",
    always: true,
    says: "All trading of the deployment was stopped, or let go on.",
  },
  "platform.closing": {
    topic: "platform",
    level: "critical",
    always: true,
    says: "Somebody asked for all positions to be closed, agreed to it, or took it back.",
  },
  "platform.maintenance": {
    topic: "platform",
    level: "info",
    always: true,
    says: "A maintenance began or ended.",
  },
  "platform.dead-letter": { topic: "platform", level: "warning", says: "A message of a queue failed every retry." },
  "platform.job-failed": { topic: "platform", level: "warning", says: "A job of the minute's clock failed." },
  "platform.database": { topic: "platform", level: "critical", says: "The database did not answer the minute's look." },
} as const satisfies Readonly<Record<string, EventSpec>>;
export type NoticeEventName = keyof typeof NOTICE_EVENTS;
export const NOTICE_EVENT_NAMES = Object.keys(NOTICE_EVENTS) as readonly NoticeEventName[];

/** What an event is by default; the rest is with the notice. */
export function eventSpec(name: NoticeEventName): EventSpec {
  return NOTICE_EVENTS[name];
}

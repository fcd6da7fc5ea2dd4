interface ProblemSpec {
  /** What is wrong, in a sentence. */
  readonly means: string;
  /** What to do about it, in a sentence. */
  readonly remedy: string;
}

/**
 * Every problem that the API answers, by its code: an error has no other, and `/docs` has a section of each. Texts are
 * those of the reference; an error's own `detail` says more of its case.
 */
export const PROBLEMS = {
  account_has_bots: problem("The account still has bots.", "Stop and archive them, then delete the account."),
  address: problem("The API key may not be used from this address.", "Use it from one of the addresses that it names."),
  already_connected: problem("The account at the venue is connected already.", "Replace its key where it is listed."),
  bad_request: problem("The request cannot be read.", "Correct it by what `detail` says."),
  bootstrap: problem(
    "The bootstrap secret is wrong or none is set, or there has been an administrator already.",
    "Look at the deployment's `BOOTSTRAP_SECRET`, or ask an administrator for the role.",
  ),
  bot_archived: problem("The bot is in the archive.", "Take it out first."),
  bot_changed: problem("Somebody else changed the bot meanwhile.", "Load it again and repeat the change."),
  bot_holds: problem("The bot holds a position.", "Stop it with `flatten` first."),
  bot_not_stopped: problem("The bot is not stopped.", "Stop it first."),
  closing_ended: problem(
    "The closing was decided, or nobody agreed in time.",
    "Ask for another where it is still meant.",
  ),
  closing_open: problem("A closing of all positions is open already.", "Agree to that one, or take it back first."),
  confirmed: problem("The address is confirmed already.", "Nothing is left to do."),
  connection_in_use: problem("Accounts trade with this key.", "Delete these accounts first."),
  content_type: problem(
    "The body is not of the type that the route takes.",
    "Set `Content-Type` to what `detail` names.",
  ),
  difference_moved: problem(
    "The books and the venue's differ by something else than the request says.",
    "Look at both sides again, and decide anew.",
  ),
  disabled: problem("The account was closed by an administrator.", "Write to the people who run the site."),
  email_taken: problem("The address belongs to another account.", "Choose another address."),
  email_unverified: problem("The e-mail address is not confirmed.", "Open the link of the newest letter."),
  erasure_begun: problem(
    "The erasure of the account has begun.",
    "It cannot be stopped; nothing in it can be changed.",
  ),
  export_running: problem("An archive is being made.", "Wait until it is done."),
  foreign_origin: problem(
    "A change or a socket with a cookie does not come from a page of this site.",
    "Send an access token or an API key instead of the cookie.",
  ),
  hook_exists: problem("The bot has an address for signals.", "Rotate it for another one."),
  idempotency_key_reused: problem(
    "The `Idempotency-Key` came before with another request.",
    "Make a new key for each new request, and repeat one only with what it came with.",
  ),
  import_broken_file: problem("The file is damaged.", "Write or fetch it again."),
  import_empty_file: problem("The file holds nothing.", "Choose another one."),
  import_line_too_long: problem("A line of the file is too long.", "See that each candle has a line of its own."),
  import_no_candles: problem("The file holds no candle.", "See that its columns are named as `detail` says."),
  import_timeframe_unknown: problem("The distance of the candles is none that is known.", "Name the timeframe."),
  import_too_large: problem("The file, or a part of it, is too large.", "Split it as `detail` says."),
  import_too_many_columns: problem("The file has too many columns.", "Keep time, prices and volume."),
  import_too_many_rows: problem("The file has too many rows.", "Split it into several."),
  import_unknown_format: problem("The file is of no format that is read.", "Use CSV, JSON, Parquet or Arrow."),
  import_unknown_layout: problem("The columns of the file are not understood.", "Name them as `detail` says."),
  import_unsorted: problem("The candles are not in the order of their times.", "Sort the file by time."),
  in_app: problem("The list in the app can neither be removed nor tested.", "Turn it off by its rules."),
  in_use: problem("Something still reads the dataset.", "End what `detail` names, or wait until it is done."),
  internal: problem("Something failed on our side.", "Try again later; name the `requestId` when you report it."),
  invalid: problem("The request breaks rules.", "Each is in `issues`, with its field, rule and value: correct these."),
  job_moved: problem("The work went on at that very moment.", "Look at it again."),
  job_state: problem("Work in this state cannot be done again or cancelled.", "Look at it again."),
  last_administrator: problem("No administrator would be left.", "Give somebody else the role first."),
  link: problem("The link of a download has expired or is not ours.", "Ask for a new one."),
  link_dead: problem("The link of the letter was used, has expired or is not ours.", "Ask for a new letter."),
  maintenance: problem("The deployment is in maintenance; bots go on.", "Wait as long as `Retry-After` says."),
  method_not_allowed: problem("The path does not answer this method.", "Use one of those in `Allow`."),
  mfa_required: problem("This needs a second factor.", "Set one up, or prove yourself with the one that you have."),
  no_archive: problem("The archive is not done, failed, or was removed after a week.", "Ask for a new one."),
  no_backups: problem("The deployment keeps no backups.", "Its people turn them on, as the runbook says."),
  no_bridge: problem(
    "No MetaTrader terminal can dial this deployment.",
    "Its people run the sidecar, which opens the port.",
  ),
  no_data: problem("A dataset of the run was deleted.", "Bring it again and start a new run."),
  no_report: problem("The run has no report.", "Wait until it is done, or look why it failed."),
  no_strategy: problem("The strategy of the run is no longer in the library.", "Start a new run with another."),
  not_confirmed: problem("The address of the channel is not confirmed.", "Enter the code of its letter first."),
  not_driven_by_signals: problem("The bot goes by rules of its own.", "Choose signals as its strategy first."),
  not_found: problem("It does not exist, or belongs to somebody else.", "See that the id and the account are right."),
  not_json: problem("The body is not JSON in UTF-8.", "Send JSON in UTF-8."),
  not_text: problem("The message is not text in UTF-8.", "Send text or JSON in UTF-8."),
  order_in_doubt: problem(
    "An order was sent whose end nobody knows yet: it may have traded.",
    "Wait until its end is known: the venue is asked for it every few seconds.",
  ),
  order_not_lost: problem("The order is not lost.", "Only one that was never found at the venue is released."),
  other_address: problem("The invitation was sent to another address.", "Sign in with that one."),
  paper_run_missing: problem(
    "This version of the strategy has not run with play money for long enough.",
    "Let it run on a simulated account first.",
  ),
  rank: problem("The user has a higher role than you.", "Ask somebody of that role."),
  read_only: problem("You are looking at somebody else's account.", "Go back to your own to change anything."),
  repeated: problem("The same signed message came before.", "Nothing is left to do: it was taken the first time."),
  role: problem("This needs another role.", "Ask an administrator."),
  running: problem("It is under way.", "Stop it first."),
  scope: problem("The API key does not allow this.", "Make one with the scope that `detail` names, or sign in."),
  second_administrator: problem(
    "Closing everybody's positions takes two administrators.",
    "Have another one agree; trading can be stopped by one.",
  ),
  signal_not_understood: problem("There is nothing to act on in the signal.", "See what was read of it in the list."),
  simulated: problem("The dataset is simulated.", "Import the file as a dataset of its own."),
  step_up: problem(
    "This needs a proof of the last minutes.",
    "Prove who you are at `POST /api/v1/session/step-up`, then repeat the request.",
  ),
  switch_moved: problem("Others throw the same switch at this moment.", "Look at it again."),
  too_large: problem("The body is too large.", "Send less at once."),
  too_many: problem("There are as many as there may be.", "Remove one first."),
  too_many_accounts: problem("There are as many accounts as there may be.", "Delete one first."),
  too_many_attempts: problem("Too many attempts.", "Wait as long as `Retry-After` says."),
  too_many_backfills: problem("There are as many backfills as there may be.", "Wait for one, stop or delete one."),
  too_many_bots: problem("The account has as many bots as it may.", "Archive one first."),
  too_many_datasets: problem("There are as many datasets as there may be.", "Delete one first."),
  too_many_requests: problem("A limit of requests is used up.", "Wait as long as `Retry-After` says; see `RateLimit`."),
  too_many_runs: problem("As many runs wait or work as may.", "Wait for one, cancel or delete one."),
  too_many_strategies: problem("There are as many strategies as there may be.", "Delete one first."),
  too_many_versions: problem("The strategy has as many versions as it may.", "Copy it into a new one."),
  totp_in_use: problem("An authenticator app is set up.", "Remove it before you set up another."),
  trading_halted: problem(
    "Trading is stopped on the account, on all accounts or on the whole platform.",
    "Arm what `detail` names on the Risk page or at `POST /api/v1/accounts/{id}/trading-state`, then start the bot.",
  ),
  unauthorized: problem(
    "The request is not signed in.",
    "Send a valid access token or API key as `Authorization: Bearer`.",
  ),
  unavailable: problem("Something that is needed does not answer.", "Try again after `Retry-After`."),
  upgrade_required: problem("The path opens a web socket.", "Send `Upgrade: websocket`."),
  venue: problem("The dataset holds candles of a venue.", "Import the file as a dataset of its own."),
  venue_refuses: problem("The venue refuses.", "Look at its connection: key, rights and addresses."),
  version_changed: problem("The strategy has a newer version.", "Load it and repeat the change."),
  view_ended: problem("The look at another's account has ended.", "Go back to your own, then open it anew."),
} as const satisfies Readonly<Record<string, ProblemSpec>>;

/** Stable name of a problem that programs may test. */
export type ProblemCode = keyof typeof PROBLEMS;

/** Where a problem is explained: the `type` of its document, and the section of the reference. */
export function problemAnchor(code: ProblemCode): string {
  return `problem-${code}`;
}

function problem(means: string, remedy: string): ProblemSpec {
  return { means, remedy };
}

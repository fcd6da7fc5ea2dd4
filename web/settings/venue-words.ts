import type { VenueCredentials, VenueName } from "../../schema/wire/connection.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";

/** Venues as people know them. */
export const VENUE_NAMES: Readonly<Record<VenueName, string>> = {
  BINANCE: "Binance spot",
  ALPACA: "Alpaca",
  OANDA: "OANDA",
  XTS: "XTS (Symphony)",
  MT5: "MetaTrader 5",
  TWELVEDATA: "Twelve Data",
};

/** The venue that an account trades at; of a market of our own none is named. */
export function venueName({ market }: Pick<TradingAccount, "market">): string {
  return market.kind === "venue" ? VENUE_NAMES[market.venue] : "a venue";
}

/** What of a venue's environments is called what, and where money is real. */
export const ENVIRONMENT_WORDS: Readonly<Record<string, string>> = {
  live: "Live: real money",
  testnet: "Testnet: play money, wiped about monthly",
  demo: "Demo: play money at live prices",
  paper: "Paper: play money",
  test: "Test system: play money",
  practice: "Practice: play money",
};

/** One field of a venue's key. */
export interface KeyField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** A secret is typed unseen; a private key takes several lines. */
  readonly kind: "text" | "secret" | "pem";
}

/** How a key is made at a venue, and what of it is asked for. */
export interface VenueGuide {
  readonly venue: VenueName;
  /** What the list below is about. */
  readonly heading?: string;
  readonly environments: readonly [VenueCredentials["environment"], ...VenueCredentials["environment"][]];
  /** What to tick, in order. */
  readonly tick: readonly string[];
  /** What must stay unticked. */
  readonly leave: readonly string[];
  readonly addresses: string;
  readonly fields: readonly KeyField[];
  /** Nothing that is asked with such a key moves money: its owner need not make sure of that. */
  readonly movesNoMoney?: true;
}

const NOT_BOUND =
  "This venue cannot bind a key to addresses: one that leaks works from everywhere, so replace it there and here if you fear that.";

/** What a person needs to know to make a key that can trade and do nothing else. */
export const VENUE_GUIDES: readonly VenueGuide[] = [
  {
    venue: "BINANCE",
    environments: ["testnet", "demo", "live"],
    tick: ["Enable Reading", "Enable Spot & Margin Trading"],
    leave: ["Enable Withdrawals", "Permits Universal Transfer", "Enable Margin Loan, Repay & Transfer"],
    addresses:
      "Bind the key to a list of addresses: one that leaks is then of no use elsewhere. Your deployment's outgoing addresses are with whoever runs it. Binance ends trading keys without such a list after 90 days.",
    fields: [
      { name: "apiKey", label: "API key", kind: "text" },
      {
        name: "secret",
        label: "Secret or private key",
        hint: "The HMAC secret, or the whole Ed25519 private key in PEM form. Ed25519 is the safer one: Binance never sees your half.",
        kind: "pem",
      },
    ],
  },
  {
    venue: "ALPACA",
    environments: ["paper", "live"],
    tick: ["Paper and live accounts have keys of their own: make the one you need"],
    leave: [],
    addresses: NOT_BOUND,
    fields: [
      { name: "apiKey", label: "Key ID", kind: "text" },
      { name: "secret", label: "Secret key", kind: "secret" },
    ],
  },
  {
    venue: "OANDA",
    environments: ["practice", "live"],
    tick: ["Manage API Access, Generate: practice and live tokens differ"],
    leave: [],
    addresses: `${NOT_BOUND} Nobody can move money out with a token.`,
    movesNoMoney: true,
    fields: [
      { name: "token", label: "Personal access token", kind: "secret" },
      { name: "accountId", label: "Account number", hint: "Such as 101-004-1234567-001.", kind: "text" },
    ],
  },
  {
    venue: "XTS",
    environments: ["test", "live"],
    tick: ["An Interactive application for orders", "A Market Data application for prices"],
    leave: [],
    addresses:
      "Exchanges in India want programs to come from a fixed address: tell your broker that of your deployment. XTS lets in one program an application at a time: another one that uses the same keys and this connection would throw each other out.",
    movesNoMoney: true,
    fields: [
      { name: "interactiveKey", label: "Interactive app key", kind: "text" },
      { name: "interactiveSecret", label: "Interactive secret", kind: "secret" },
      { name: "marketKey", label: "Market data app key", kind: "text" },
      { name: "marketSecret", label: "Market data secret", kind: "secret" },
    ],
  },
  {
    venue: "MT5",
    environments: ["demo", "live"],
    heading: "What it takes",
    tick: ["A machine that runs day and night, with the terminal logged in to the account"],
    leave: [],
    addresses:
      "The terminal dials out to this deployment over TLS; nothing dials into it, and the account's password never leaves it. How it is set up is shown next, with a key that is made for it.",
    movesNoMoney: true,
    fields: [
      { name: "login", label: "Account number", kind: "text" },
      {
        name: "server",
        label: "Server",
        hint: "As the title of the terminal shows it, such as Broker-Demo.",
        kind: "text",
      },
    ],
  },
  {
    venue: "TWELVEDATA",
    movesNoMoney: true,
    environments: ["live"],
    tick: ["Any plan: prices only, no orders"],
    leave: [],
    addresses: "The key asks for prices and nothing else. It cannot be bound to addresses.",
    fields: [{ name: "apiKey", label: "API key", kind: "text" }],
  },
];

/** Venues that this version can trade at or take prices from. */
const OFFERED: ReadonlySet<VenueName> = new Set(["BINANCE", "ALPACA", "OANDA", "XTS", "MT5", "TWELVEDATA"]);

/** Venues that have prices and take no orders: no account can be made on a key of theirs. */
const PRICES_ALONE: ReadonlySet<VenueName> = new Set(["TWELVEDATA"]);

export function hasPricesAlone(venue: VenueName): boolean {
  return PRICES_ALONE.has(venue);
}

/** An environment in words: whether the money there is real, where there is any. */
export function environmentWords(venue: VenueName, environment: string): string {
  if (hasPricesAlone(venue)) return "Prices alone: no money, no orders";
  return ENVIRONMENT_WORDS[environment] ?? environment;
}

/** Guides to the venues that can be connected. */
export const OFFERED_GUIDES: readonly VenueGuide[] = VENUE_GUIDES.filter(({ venue }) => OFFERED.has(venue));

import { z } from "zod";
import { TimeMs } from "./primitive.ts";
import { VenueStream } from "./venue-stream.ts";

/** Keys of venues that a person may keep. */
export const CONNECTIONS_MAX = 20;

/** Venues that orders or prices can come from, as instruments' ids begin. */
export const VenueName = z.enum(["BINANCE", "ALPACA", "OANDA", "XTS", "MT5", "TWELVEDATA"]);
export type VenueName = z.infer<typeof VenueName>;

/**
 * Brokers that run XTS, each at an address of its own. A list and no free text: a request that carries a person's key goes
 * to hosts that this deployment knows, and to no other.
 */
export const XTS_BROKERS = {
  symphony: { name: "Symphony", origin: "https://developers.symphonyfintech.in" },
  rmoney: { name: "RMoney", origin: "https://xts.rmoneyindia.co.in:3000" },
  compositedge: { name: "CompositEdge", origin: "https://xts.compositedge.com" },
  "5paisa": { name: "5paisa", origin: "https://xtsmum.5paisa.com" },
  iifl: { name: "IIFL", origin: "https://ttblaze.iifl.com" },
  jainam: { name: "Jainam", origin: "https://jtrade.jainam.in:5000" },
  wisdom: { name: "Wisdom Capital", origin: "https://trade.wisdomcapital.in" },
  ibulls: { name: "iBulls", origin: "https://xts.ibullssecurities.com" },
} as const;
/** The one of them that has play money alone: the protocol's makers let programs be tried there. */
export const XTS_TEST_BROKER = "symphony";
export const XtsBroker = z.enum(Object.keys(XTS_BROKERS) as [keyof typeof XTS_BROKERS]);

/** A key as its venue shows it: printable, without spaces. */
const Key = z
  .string()
  .trim()
  .regex(/^[!-~]{8,256}$/, "must be 8 to 256 characters without spaces");
/** A private key in PEM form, or a secret of one line. */
const Secret = z
  .string()
  .trim()
  .min(8, "must have at least 8 characters")
  .max(4_096, "must have at most 4,096 characters");

/** What opens an account at a venue: which environment, and its keys. Nothing of it is ever shown again. */
export const VenueCredentials = z.discriminatedUnion("venue", [
  z.strictObject({
    venue: z.literal("BINANCE"),
    environment: z.enum(["live", "testnet", "demo"]),
    keyKind: z.enum(["hmac", "ed25519"]),
    apiKey: Key,
    secret: Secret,
  }),
  z.strictObject({
    venue: z.literal("ALPACA"),
    environment: z.enum(["live", "paper"]),
    apiKey: Key,
    secret: Secret,
  }),
  z.strictObject({
    venue: z.literal("OANDA"),
    environment: z.enum(["live", "practice"]),
    token: Key,
    accountId: z
      .string()
      .regex(/^\d{3}-\d{3}-\d{1,10}-\d{3}$/, "must be an account number such as 101-004-1234567-001"),
  }),
  z
    .strictObject({
      venue: z.literal("XTS"),
      environment: z.enum(["live", "test"]),
      broker: XtsBroker,
      interactiveKey: Key,
      interactiveSecret: Secret,
      marketKey: Key,
      marketSecret: Secret,
    })
    // What protects real money goes by the environment.
    .refine(({ environment, broker }) => (environment === "test") === (broker === XTS_TEST_BROKER), {
      path: ["broker"],
      message: `must be ${XTS_TEST_BROKER} in the environment test, and another one in live`,
    }),
  z.strictObject({
    venue: z.literal("MT5"),
    environment: z.enum(["live", "demo"]),
    login: z.string().regex(/^\d{1,20}$/, "must be the number of the trading account"),
    server: z.string().trim().min(1).max(100),
    /** What the Expert Advisor proves itself by, which never crosses the line. Made by chance: nobody has to remember it. */
    secret: z
      .string()
      .trim()
      .regex(/^[!-~]{32,200}$/, "must be 32 to 200 characters without spaces"),
  }),
  z.strictObject({ venue: z.literal("TWELVEDATA"), environment: z.literal("live"), apiKey: Key }),
]);
export type VenueCredentials = z.infer<typeof VenueCredentials>;

export const ConnectionLabel = z.string().trim().min(1).max(60);

/** The venue does not say whether the key could move money out; its owner has made sure that it cannot. */
const WithdrawalChecked = z.boolean().default(false);

export const CreateConnection = z.strictObject({
  label: ConnectionLabel,
  credentials: VenueCredentials,
  withdrawalChecked: WithdrawalChecked,
});
export type CreateConnection = z.infer<typeof CreateConnection>;

/** New keys in place of the old ones, for the same account at the venue. */
export const RotateConnection = z.strictObject({
  credentials: VenueCredentials,
  withdrawalChecked: WithdrawalChecked,
});
export type RotateConnection = z.infer<typeof RotateConnection>;

export const RenameConnection = z.strictObject({ label: ConnectionLabel });
export type RenameConnection = z.infer<typeof RenameConnection>;

/** What a venue said of a key when it was asked last. */
export const ConnectionFacts = z.object({
  accountNumber: z.string(),
  currency: z.string(),
  /** As the venue shows it, in `currency`; absent where it was not asked. */
  balance: z.string().optional(),
  /** Shares of an order's value that the account pays; absent where the venue does not say, or was asked before this was kept. */
  fees: z.object({ maker: z.string(), taker: z.string() }).optional(),
  canTrade: z.boolean(),
  /** Null where the venue does not say. */
  canWithdraw: z.boolean().nullable(),
  addressBound: z.boolean().nullable(),
  permissions: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type ConnectionFacts = z.infer<typeof ConnectionFacts>;

/** Whether the venue answers for the key: it does, it refuses the key, it was not reached, or its terminal has to dial first. */
export const ConnectionState = z.enum(["working", "refused", "unreachable", "waiting"]);
export type ConnectionState = z.infer<typeof ConnectionState>;

export const Connection = z.object({
  id: z.string(),
  label: z.string(),
  venue: VenueName,
  environment: z.string(),
  /** Money there is real. */
  isLive: z.boolean(),
  /** Last four characters of the key. */
  keyEnd: z.string(),
  state: ConnectionState,
  /** What went wrong at the last test; null where it did not. */
  problem: z.string().nullable(),
  facts: ConnectionFacts,
  checkedAt: TimeMs,
  createdAt: TimeMs,
  /** When its keys were last replaced. */
  rotatedAt: TimeMs,
  /** Trading accounts that use it. */
  accounts: z.array(z.object({ id: z.string(), name: z.string() })),
  /** How the line of its terminal stands; null for venues that are asked over the network. */
  line: VenueStream.nullable(),
});
export type Connection = z.infer<typeof Connection>;

/** Where MetaTrader terminals dial in. */
export const BridgeAddress = z.object({ host: z.string(), port: z.number().int() });
export type BridgeAddress = z.infer<typeof BridgeAddress>;

export const ConnectionList = z.object({
  rows: z.array(Connection),
  /** Null where this deployment has no port for terminals: MetaTrader cannot be connected then. */
  bridge: BridgeAddress.nullable(),
});
export type ConnectionList = z.infer<typeof ConnectionList>;

/** Whether orders there move real money. Prices alone move none. */
export function isLiveMoney({ venue, environment }: { venue: VenueName; environment: string }): boolean {
  return environment === "live" && venue !== "TWELVEDATA";
}

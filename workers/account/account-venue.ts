import type { Broker } from "../brokers/broker.ts";
import type { LiveBroker } from "../brokers/live-broker.ts";
import { paperBroker } from "../brokers/paper/paper-broker.ts";
import type { PaperVenueCalls } from "../brokers/paper/paper-terms.ts";
import type { Env } from "../platform/env.ts";
import { objectName } from "../platform/object-name.ts";
import type { AccountRecord } from "./account-record.ts";
import { MANUAL_BOT } from "./desk-calls.ts";

/** Share of a position's value below which the simulated venue takes it away, as backtests assume. */
const MAINTENANCE = 0.005;

/** The venue of an account as its object uses it: the port, and what only a simulated venue needs. */
export interface AccountVenue {
  readonly broker: Broker;
  /** A real venue, whose events wait in the account's own storage; undefined for one that tells them itself. */
  readonly live?: LiveBroker;
  /** The keys have changed. */
  renewKeys?(): void;
  begin(record: AccountRecord): Promise<void>;
  openBook(book: { bot: string; cash: string; leverage: number; instruments: readonly string[] }): Promise<void>;
  end(): Promise<void>;
  /** Stores what a simulated venue has not stored yet; absent for a real one, which keeps its own books. */
  sealBackup?(): Promise<void>;
}

/** Name of the venue's object of an account. */
export function venueName({ ownerId, account }: AccountRecord): Promise<string> {
  return objectName({ kind: "paper", ownerId, id: account.id });
}

/** The paper venue of an account. Its object is looked up with each call: a stub that broke must not be kept. */
export function openVenue(env: Env, record: AccountRecord): AccountVenue {
  const { ownerId, account } = record;
  const find = async () => env.PAPER.getByName(await venueName(record));
  const calls = lateVenue(async () => (await find()) as unknown as PaperVenueCalls);
  const { fees, slippage, latencyMs, volumeLimit } = account;
  const rules = { fees, slippage, latencyMs, ...(volumeLimit === null ? {} : { volumeLimit }) };
  return {
    broker: paperBroker(calls, ownerId),
    sealBackup: async () => (await find()).sealBackup(),
    async begin({ instruments }) {
      const listener = await objectName({ kind: "account", ownerId, id: account.id });
      const traded = instruments.filter((instrument) => instrument.quote === account.currency);
      const { id: accountId, currency, cash } = account;
      await calls.openAccount({
        ownerId,
        account: { accountId, currency, cash, rules, listener, instruments: traded },
      });
    },
    async openBook({ bot, cash, leverage, instruments }) {
      if (bot === MANUAL_BOT) return;
      const chosen = record.instruments.filter((instrument) => instruments.includes(instrument.id));
      const terms = {
        ...{ bot, cash, leverage, instruments: chosen, maintenance: MAINTENANCE, whenShort: "shrink" as const },
        ...{ remainder: "carry" as const, touch: false, path: "nearest" as const },
      };
      try {
        await calls.openBook({ ownerId, terms });
      } catch {
        // Another version's book: it is closed, which only goes while it holds nothing, and opened anew.
        await calls.closeBook({ ownerId, bot });
        await calls.openBook({ ownerId, terms });
      }
    },
    async end() {
      const venue = await find();
      await venue.destroy(ownerId);
    },
  };
}

function lateVenue(find: () => Promise<PaperVenueCalls>): PaperVenueCalls {
  return {
    openAccount: async (call) => (await find()).openAccount(call),
    openBook: async (call) => (await find()).openBook(call),
    closeBook: async (call) => (await find()).closeBook(call),
    books: async (call) => (await find()).books(call),
    setFaults: async (call) => (await find()).setFaults(call),
    place: async (call) => (await find()).place(call),
    cancel: async (call) => (await find()).cancel(call),
    replace: async (call) => (await find()).replace(call),
    order: async (call) => (await find()).order(call),
    report: async (call) => (await find()).report(call),
    events: async (call) => (await find()).events(call),
  };
}

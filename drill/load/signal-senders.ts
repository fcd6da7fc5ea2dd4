import type { Signal, SignalReceipt } from "../../schema/wire/signal.ts";
import { type ApiClient, ApiRefusal } from "../api-client.ts";

const MINUTE_MS = 60_000;
/** Alerts are about bars of the last hours, one bar after the other. */
const FIRST_BAR_MS = 2_000 * MINUTE_MS;
/** One alert in so many is sent twice, as TradingView does where it was not answered in time. */
const REPEATED_EACH = 4;
/** What the sequence of alerts wants, again and again. */
const WISHES = [
  { action: "buy", position: "long" },
  { action: "sell", position: "flat" },
  { action: "sell", position: "short" },
  { action: "buy", position: "flat" },
] as const;

/** A bot that is driven from outside. */
export interface DrivenBot {
  readonly botId: string;
  readonly path: string;
}

/** Sends alerts to bots in turn, and holds what was answered against their logs. */
export class SignalSenders {
  private readonly api: ApiClient;
  private readonly bots: readonly (DrivenBot & { readonly answered: SignalReceipt[] })[];
  private readonly firstBar = Math.floor((Date.now() - FIRST_BAR_MS) / MINUTE_MS) * MINUTE_MS;
  private sent = 0;

  constructor(api: ApiClient, bots: readonly DrivenBot[]) {
    this.api = api;
    this.bots = bots.map((bot) => ({ ...bot, answered: [] }));
  }

  async send(): Promise<void> {
    const number = this.sent++;
    const bot = this.bots[number % this.bots.length];
    const turn = Math.floor(number / this.bots.length);
    const bar = this.firstBar + turn * MINUTE_MS;
    const alert = { ...WISHES[turn % WISHES.length], bar, time: Date.now() };
    for (let times = turn % REPEATED_EACH === 0 ? 2 : 1; times > 0; times--) {
      try {
        if (bot !== undefined) bot.answered.push(await this.api.signal(bot.path, alert));
      } catch (error) {
        if (!(error instanceof ApiRefusal || error instanceof TypeError)) throw error;
      }
    }
  }

  /** Signals that were answered and are in no log, or that two orders follow from. */
  async findings(api: ApiClient): Promise<string[]> {
    const found = this.bots.map(async ({ botId, answered }) => {
      const rows = await api.signals(botId);
      return signalFindings(answered, rows);
    });
    return (await Promise.all(found)).flat();
  }

  counts(): { readonly sent: number; readonly answered: number } {
    return { sent: this.sent, answered: this.bots.reduce((sum, { answered }) => sum + answered.length, 0) };
  }
}

/** What was answered and is not in the log, and bars and wishes that were acted on more than once. */
export function signalFindings(answered: readonly SignalReceipt[], rows: readonly Signal[]): string[] {
  const known = new Map(rows.map((row) => [row.id, row]));
  const lost = answered.filter(({ id }) => !known.has(id)).map(({ id }) => `signal ${id} was answered and is LOST`);
  const acted = new Map<string, number>();
  for (const { state, barAt, wish } of known.values()) {
    if (state === "acted") acted.set(`${wish} of ${barAt}`, (acted.get(`${wish} of ${barAt}`) ?? 0) + 1);
  }
  const doubled = [...acted].filter(([, times]) => times > 1);
  return [...lost, ...doubled.map(([what, times]) => `signal ${what} was acted on ${times} times: DOUBLED`)];
}

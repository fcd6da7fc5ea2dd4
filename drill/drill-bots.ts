import type { BotState } from "../schema/wire/bot.ts";
import type { ApiClient } from "./api-client.ts";

const MINUTE_MS = 60_000;
/** The replay begins so long before the end of its data: far more than any drill plays. */
const PLAYED_MS = 400 * 24 * 60 * MINUTE_MS;
/** Turns every few candles, so that there is always an order about to be sent. */
const STRATEGY = { kind: "library", id: "ema-cross", parameters: { fast: 2, slow: 5 } };
const CAPITAL = "50000";

/** How many there shall be. */
export interface DrillBotCounts {
  readonly accounts: number;
  readonly botsAnAccount: number;
  /** Candles of each replay in a second: a bot decides on each. */
  readonly candlesASecond: number;
}

interface DrillBot {
  readonly botId: string;
  readonly accountId: string;
}

/** Real bots on replayed markets, beside the clients of the drill. */
export class DrillBots {
  readonly accounts: readonly string[];
  private readonly api: ApiClient;
  private readonly bots: readonly DrillBot[];
  /** How far each had come when it was looked at last, the market's time. */
  private readonly reached = new Map<string, number>();

  private constructor(api: ApiClient, bots: readonly DrillBot[]) {
    this.api = api;
    this.bots = bots;
    this.accounts = [...new Set(bots.map(({ accountId }) => accountId))];
  }

  /** Makes accounts and bots on an instrument and starts them; their markets play from then on. */
  static async start(api: ApiClient, counts: DrillBotCounts, instrument: string): Promise<DrillBots> {
    const dataset = await api.dataset(instrument);
    const market = { kind: "replay", datasetIds: [dataset.id], from: dataset.to - PLAYED_MS };
    const speed = counts.candlesASecond * 60;
    const caps = { orderNotional: CAPITAL, positionNotional: CAPITAL, openOrders: "10", dailyLoss: CAPITAL };
    const definition = {
      ...{ strategy: STRATEGY, instruments: [instrument], timeframe: "1m", capital: CAPITAL, direction: "both" },
      limits: { caps: { ...caps, executions: "200", rejectsInARow: "20" } },
    };
    const cash = String(2 * Number(CAPITAL) * counts.botsAnAccount);
    const bots: DrillBot[] = [];
    for (let account = 1; account <= counts.accounts; account++) {
      const accountId = await api.openAccount(`Drill bots ${account}`, { ...market, speed }, cash);
      for (let bot = 1; bot <= counts.botsAnAccount; bot++)
        bots.push({ accountId, botId: await api.startBot(`Drill bot ${account}.${bot}`, accountId, definition) });
    }
    return new DrillBots(api, bots);
  }

  /** Lets all markets run, or stand so that books can be compared. */
  async let(verb: "play" | "pause"): Promise<void> {
    await Promise.all(this.accounts.map((accountId) => this.api.drill(verb, accountId)));
  }

  /** Bots that have stopped trading, or that are no further than when all had gone on last; empty where all have now. */
  async standing(): Promise<string[]> {
    const states = await Promise.all(this.bots.map(({ botId }) => this.api.bot(botId)));
    const found = states.flatMap((state) => {
      const { botId, status, reason, marketAt } = state;
      if (status !== "running") return [`bot ${botId} is ${status}: ${reason} ${lastWords(state)}`];
      return (marketAt ?? 0) > (this.reached.get(botId) ?? 0) ? [] : [`bot ${botId} stands still at ${marketAt}`];
    });
    if (found.length === 0) for (const { botId, marketAt } of states) this.reached.set(botId, marketAt ?? 0);
    return found;
  }
}

function lastWords({ log }: BotState): string {
  return log
    .slice(0, 3)
    .map(({ kind, message }) => `${kind}: ${message}`)
    .join("; ");
}

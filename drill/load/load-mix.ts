import type { AnswerTally } from "./answer-tally.ts";
import { LiveSockets } from "./live-sockets.ts";
import { INSTRUMENT, type LoadStage } from "./load-stage.ts";
import { OrderPrograms } from "./order-programs.ts";
import { Pacer } from "./pacer.ts";
import type { Loads } from "./rated-load.ts";
import { backtestOnce, pathsOf, readOnce } from "./readers.ts";
import { SignalSenders } from "./signal-senders.ts";

/** Everything that is asked of the stage, at the rates of a load. */
export class LoadMix {
  readonly orders: OrderPrograms;
  readonly signals: SignalSenders;
  readonly sockets: LiveSockets;
  readonly tally: AnswerTally;
  private readonly stage: LoadStage;
  private readonly pacers: Readonly<Record<"orders" | "reads" | "signals" | "backtests", Pacer>>;
  private readonly found: string[] = [];
  private price: number;
  private reads = 0;

  private constructor(parts: {
    stage: LoadStage;
    loads: Loads;
    tally: AnswerTally;
    sockets: LiveSockets;
    price: number;
  }) {
    const { stage, loads, tally, sockets, price } = parts;
    this.stage = stage;
    this.tally = tally;
    this.sockets = sockets;
    this.price = price;
    const { counted: api } = stage;
    this.orders = new OrderPrograms({
      ...{ api, accounts: stage.programs, instrument: INSTRUMENT, price: () => this.price },
      run: crypto.randomUUID(),
    });
    this.signals = new SignalSenders(api, stage.driven);
    const pathOf = pathsOf({ accounts: stage.accounts, bots: stage.bots, instrument: INSTRUMENT });
    this.pacers = {
      orders: new Pacer(loads.ordersPerSecond, () => this.noted(this.orders.trade())),
      reads: new Pacer(loads.readsPerSecond, () => this.noted(readOnce(api, pathOf(this.reads++)))),
      signals: new Pacer(loads.signalsPerSecond, () => this.noted(this.signals.send())),
      backtests: new Pacer(loads.backtestsPerMinute / 60, () => this.noted(backtestOnce(api, stage.dataset))),
    };
  }

  static async start(stage: LoadStage, loads: Loads, tally: AnswerTally): Promise<LoadMix> {
    const { accounts, bots, patient, runtime } = stage;
    const kinds: ((round: number) => string)[] = [
      () => "/api/v1/dashboard/live",
      (round) => `/api/v1/accounts/${accounts[round % accounts.length]}/live`,
      (round) => `/api/v1/bots/${bots[round % bots.length]}/live`,
      () => `/api/v1/markets/live?instrument=${encodeURIComponent(INSTRUMENT)}`,
    ];
    const pathOf = (number: number) => kinds[number % kinds.length]?.(Math.floor(number / kinds.length)) ?? "";
    const paths = Array.from({ length: loads.sockets }, (_, number) => pathOf(number));
    const sockets = await LiveSockets.open(patient, runtime.origin, paths);
    const price = await patient.lastPrice(INSTRUMENT);
    return new LoadMix({ stage, loads, tally, sockets, price });
  }

  /** Once a minute: tokens that hold on, and a price that orders and the broker go by. */
  async refresh(): Promise<void> {
    const { patient, counted, broker } = this.stage;
    await patient.renew();
    await counted.renew();
    this.price = await patient.lastPrice(INSTRUMENT);
    await broker.setPrice(this.price.toFixed(2));
  }

  /** Stops what trades; reads, sockets, backtests and bots go on. */
  async pauseTrading(): Promise<void> {
    await Promise.all([this.pacers.orders.pause(), this.pacers.signals.pause()]);
  }

  resumeTrading(): void {
    this.pacers.orders.resume();
    this.pacers.signals.resume();
  }

  /** Ends what is paced; sockets stay. */
  async end(): Promise<void> {
    await Promise.all(Object.values(this.pacers).map((pacer) => pacer.end()));
  }

  /** What is wrong, with all that was answered wrongly since the tally began. */
  findings(): string[] {
    return [...this.ownFindings(), ...this.tally.findings()];
  }

  /** What is wrong but for answers. */
  ownFindings(): string[] {
    const left = Object.entries(this.pacers)
      .filter(([, pacer]) => pacer.counts().left > 0)
      .map(([name, pacer]) => `${pacer.counts().left} ${name} were not sent, since too many were unanswered`);
    const { orders, sockets } = this;
    return [...this.found, ...left, ...orders.findings, ...sockets.findings];
  }

  /** One line of how often each was begun. */
  sentText(): string {
    const paced = Object.entries(this.pacers).map(([name, pacer]) => `${pacer.counts().done} ${name}`);
    return `${paced.join(", ")}; ${this.sockets.counts().frames} frames on ${this.sockets.counts().open} sockets`;
  }

  private async noted(acting: Promise<unknown>): Promise<void> {
    try {
      const finding = await acting;
      if (typeof finding === "string") this.found.push(finding);
    } catch (error) {
      this.found.push(`the mix itself failed: ${String(error)}`);
    }
  }
}

import type { BotState, BotStatus } from "../../schema/wire/bot.ts";
import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import type { ByeReason } from "../../schema/wire/live.ts";
import type { RestoredMark } from "../backup/backed-up-object.ts";
import type { MarketCall, MarketListener } from "../feed/live/market-port.ts";
import { dashboardOf } from "../live/dashboard.ts";
import { LiveHub } from "../live/live-hub.ts";
import { OWNER_HEADER } from "../live/socket-request.ts";
import { measureAlarm } from "../metrics/alarm-lateness.ts";
import { queueNotices } from "../notify/queue-notices.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { type ObjectFacts, objectFacts } from "../platform/object-facts.ts";
import { ALERT_AGAIN_MS } from "./bot-alerts.ts";
import { BotBase } from "./bot-base.ts";
import { limitAtDesk } from "./bot-desk.ts";
import { botDueAt, RETRY_MS_MIN } from "./bot-due.ts";
import { botFacts } from "./bot-facts.ts";
import { BotNotices } from "./bot-notices.ts";
import type { BotRecord } from "./bot-record.ts";
import { BotReporter, standingOf } from "./bot-reporter.ts";
import { haltRestored } from "./bot-restored.ts";
import { botState, startingLife } from "./bot-view.ts";
import { knownMissing } from "./missing-stops.ts";

const SOCKETS_MAX = 20;
const LOG_SHOWN = 50;

/** States in which a bot may be told to make no entries; a pause of the desk's becomes a person's. */
const PAUSABLE: ReadonlySet<BotStatus> = new Set(["running", "paused"]);
const STARTABLE: ReadonlySet<BotStatus> = new Set(["stopped", "error", "halted"]);

/**
 * One bot: wakes at its candles' closes, decides by the engine that backtests use, and asks the desk of its account. It
 * owns no broker, no caps and no money. Everything that matters is in its storage between any two awaits.
 */
export class BotObject extends BotBase implements MarketListener {
  private readonly hub: LiveHub<BotState>;
  private readonly reporter: BotReporter;
  private readonly notices: BotNotices;
  private working: Promise<void> | undefined;
  private again = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.hub = new LiveHub({
      ...{ ctx, prefix: "state", channel: "bot", now: systemClock, newEpoch: () => newId("epo") },
      ...{ socketsMax: SOCKETS_MAX, keep: "memory" },
    });
    this.reporter = new BotReporter({
      send: async ({ ownerId }, report) => {
        const { object } = await dashboardOf(env, ownerId);
        await object.reportBot({ ownerId, ...report });
      },
      later: (act, ms) => void setTimeout(act, ms),
    });
    this.notices = new BotNotices({
      ...{ store: this.store, now: systemClock, send: (notices) => queueNotices(env, notices) },
      wakeBy: (at) => this.passBy(at),
    });
  }

  /** Makes the bot, or gives it a new version, which applies once it holds nothing. */
  async begin(record: BotRecord): Promise<void> {
    const known = this.store.get("record") === undefined ? undefined : this.bot.record(record.ownerId);
    const version = known?.version ?? 0;
    if (known !== undefined && record.version <= version) return;
    const life = this.bot.life();
    const idle = known === undefined || (life.status === "stopped" && this.bot.isFlat());
    if (idle) this.bot.take(record);
    else {
      this.store.put("next", record);
      this.store.log({ at: systemClock(), kind: "edited", message: `Version ${record.version} waits for its turn.` });
    }
    if (known !== undefined && life.status !== "stopped") await limitAtDesk(this.env, record);
    this.publish();
    await this.ringForBackup();
  }

  /** Starts, or goes on after a stop. Refuses nothing: what is missing is said by `error`. */
  async start(call: { ownerId: string }): Promise<BotState> {
    const record = this.bot.record(call.ownerId);
    if (STARTABLE.has(this.bot.life().status)) {
      this.store.drop("pauseAtStart");
      this.bot.live(startingLife(systemClock()));
      this.bot.signals.stopped();
      this.bot.signals.hook.expectFrom(systemClock());
      this.store.log({ at: systemClock(), kind: "started", message: `Version ${record.version} starts.` });
    }
    await this.lookNow();
    this.publish();
    return this.state(call);
  }

  async pause(call: { ownerId: string; reason: string }): Promise<BotState> {
    this.bot.record(call.ownerId);
    if (PAUSABLE.has(this.bot.life().status)) {
      this.bot.live({ status: "paused", reason: call.reason, byDesk: false });
      this.store.log({ at: systemClock(), kind: "paused", message: call.reason });
    }
    if (this.bot.life().status === "starting") this.store.put("pauseAtStart", call.reason);
    this.publish();
    await this.ringForBackup();
    return this.state(call);
  }

  async resume(call: { ownerId: string }): Promise<BotState> {
    this.bot.record(call.ownerId);
    this.store.drop("pauseAtStart");
    if (this.bot.life().status === "paused") {
      this.bot.live({ status: "running", reason: null, byDesk: false });
      this.store.log({ at: systemClock(), kind: "resumed", message: "It makes entries again." });
    }
    await this.lookNow();
    this.publish();
    return this.state(call);
  }

  /** Stops deciding. What it holds and what is open is for its account, which is told by whoever stops it. */
  async stop(call: { ownerId: string; reason: string; status: "stopped" | "halted" }): Promise<BotState> {
    const record = this.bot.record(call.ownerId);
    this.bot.live({ status: call.status, reason: call.status === "stopped" ? null : call.reason, nextDueAt: null });
    this.store.log({ at: systemClock(), kind: call.status, message: call.reason });
    this.bot.takeBackEffects();
    this.bot.signals.stopped();
    await this.bot.leaveMarket(record);
    // What the account does for it still comes in: fills of what closes its positions.
    await this.ringForPass(systemClock() + RETRY_MS_MIN);
    this.publish();
    return this.state(call);
  }

  async state(call: { ownerId: string }): Promise<BotState> {
    return this.view(this.bot.record(call.ownerId));
  }

  log(call: { ownerId: string; before: number | undefined; limit: number }): BotLogEntry[] {
    this.bot.record(call.ownerId);
    return this.store.readLog(call.before, call.limit);
  }

  /** The market went on: a replay waits until the bot has decided. */
  async onMarket(call: MarketCall): Promise<void> {
    if (this.bot.life().status === "stopped" || call.marketAt < (this.bot.life().nextDueAt ?? 0)) return;
    await this.work();
  }

  /** Something happened at the desk, or the watchdog found the bot late. */
  async wake(call: { ownerId: string }): Promise<void> {
    // Its account remembers bots for longer than they live.
    if (this.store.get("record") === undefined) return;
    this.bot.record(call.ownerId);
    await this.lookNow();
  }

  /** One more pass where one is under way: it may have looked already, and sets the next alarm itself. */
  private async lookNow(): Promise<void> {
    if (this.isWorking()) this.again = true;
    else await this.ringForPass();
  }

  /** Never throws; what it does is gone on with where it is cut off. */
  override async alarm(alarm?: AlarmInvocationInfo): Promise<void> {
    measureAlarm("bot", alarm, systemClock());
    this.rung = false;
    if (this.store.get("record") === undefined) return;
    if (await this.rangForBackup()) return;
    await this.workOnAlarm(alarm, () => this.work());
    this.hub.sweep(systemClock());
  }

  /** One pass at a time; a call that comes meanwhile is answered after one more. */
  private async work(): Promise<void> {
    if (this.working !== undefined) {
      this.again = true;
      await this.working;
      return;
    }
    this.working = this.workThrough().finally(() => {
      this.working = undefined;
    });
    await this.working;
  }

  private async workThrough(): Promise<void> {
    do {
      this.again = false;
      const record = this.bot.record(undefined);
      try {
        if ((await this.bot.pass(record)) === "again") this.again = true;
        this.bot.live({ errors: 0 });
      } catch (error) {
        this.bot.failed(record, error);
      }
      this.bot.signals.watch();
      await this.bot.alerts.tell(record);
      this.lookedAt = systemClock();
      do {
        this.rangMeanwhile = false;
        await this.arm();
      } while (this.rangMeanwhile);
      this.publish();
    } while (this.again);
  }

  protected isWorking(): boolean {
    return this.working !== undefined;
  }

  protected async arm(): Promise<void> {
    // The alarm that was to ring at once is replaced by this one, which counts what waits.
    this.rung = false;
    const now = systemClock();
    const { market } = this.bot.record(undefined).account;
    const own = botDueAt(this.bot.life(), { now, market, isFlat: () => this.bot.isFlat() });
    const due = [own, this.bot.signals.dueAt(), this.bot.stopsDueAt];
    if (this.bot.alerts.hasAny()) due.push(now + ALERT_AGAIN_MS);
    const known = due.filter((at) => at !== undefined);
    const rows = this.store.takeWritten();
    await this.ringAt(known.length === 0 ? undefined : Math.min(...known), { rows });
  }

  private view(record: BotRecord): BotState {
    return botState(record, {
      life: this.bot.life(),
      machine: this.bot.opened(),
      log: this.store.readLog(undefined, LOG_SHOWN),
      desk: this.store.get("deskView"),
      signals: this.bot.signals.state(),
      missing: knownMissing(this.store),
    });
  }

  protected publish(): void {
    const record = this.bot.record(undefined);
    const { status, reason } = this.bot.life();
    this.ctx.waitUntil(this.notices.look(record, status));
    // Whoever comes to watch is shown it as it is then: most bots have nobody, and a view takes as long as a decision.
    if (this.hub.size > 0) this.hub.publish(this.view(record));
    this.ctx.waitUntil(
      this.reporter.tell(record, { status, reason }, () => standingOf(record, this.view(record), this.bot.life())),
    );
  }

  override async fetch(request: Request): Promise<Response> {
    const isThere = this.store.get("record") !== undefined;
    if (!isThere || this.bot.record(undefined).ownerId !== request.headers.get(OWNER_HEADER)) {
      return new Response(null, { status: 404 });
    }
    this.hub.publish(this.view(this.bot.record(undefined)));
    this.publish();
    return this.hub.open(request);
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void {
    if (this.hub.isEmpty && this.store.get("record") !== undefined) this.publish();
    if (this.hub.message(socket, text) === undefined) return;
    this.hub.refuse(socket, "bad_message", "A bot's channel takes acknowledgements only.");
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hub.close(socket, code);
  }

  hangUp(grantId: string, reason: ByeReason): void {
    this.hub.hangUp(grantId, reason);
  }

  /** How the object itself is, for whoever operates the deployment: nothing of what it trades. */
  async inspect(call: { ownerId: string }): Promise<ObjectFacts> {
    const record = this.bot.record(call.ownerId);
    return objectFacts(this.ctx, botFacts(record, this.bot.life(), this.store.countEffects(), systemClock()));
  }

  /** Tells the dashboard nothing more of how it stood until now: it is taken from there. */
  async endReports(call: { ownerId: string }): Promise<void> {
    this.bot.record(call.ownerId);
    await this.reporter.stop(this.bot.life());
  }

  /** It begins halted: what it was about to ask is taken back, and a person starts it again. */
  protected override async afterRestore({ asOf }: RestoredMark): Promise<void> {
    this.bot.forget();
    if (this.store.get("record") === undefined) return;
    haltRestored({ bot: this.bot, store: this.store }, { asOf, now: systemClock() });
  }

  async destroy(ownerId: string): Promise<void> {
    if (this.store.get("record") === undefined) return;
    await this.bot.leaveMarket(this.bot.record(ownerId));
    await this.reporter.stop(this.bot.life());
    await this.notices.settled();
    this.hub.end("deleted");
    await this.ctx.storage.deleteAll();
    this.bot.forget();
    await this.reporter.stop(this.bot.life());
    this.forgetBackup();
  }
}

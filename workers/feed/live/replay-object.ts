import type { ByeReason, MarketState } from "../../../schema/wire/live.ts";
import type { ReplayState } from "../../../schema/wire/market.ts";
import { BackedUpObject } from "../../backup/backed-up-object.ts";
import { LiveHub } from "../../live/live-hub.ts";
import { OWNER_HEADER } from "../../live/socket-request.ts";
import { measureAlarm } from "../../metrics/alarm-lateness.ts";
import { systemClock } from "../../platform/clock.ts";
import type { Env } from "../../platform/env.ts";
import { logEvent } from "../../platform/log-event.ts";
import { listenerOf } from "./market-listener.ts";
import type { MarketFeed, MarketMinutes, MarketSubscriber } from "./market-port.ts";
import { ReplayMarket, type StoredReplay } from "./replay-market.ts";
import { openReplaySeries } from "./replay-sources.ts";
import { SubscriberBook } from "./subscriber-book.ts";

// Tabs and machines of one person, each with a chart of every instrument.
const SOCKETS_AN_INSTRUMENT_MAX = 20;
/** When a step that was cut off is taken up again: a restart shall have everything trading within five seconds. */
const SAFETY_MS = 2_000;
/** Pause after a step that threw, such as one that could not read its candles. */
const BROKEN_STEP_MS = 5_000;

/** What a replay is made of; see `AccountMarket`. */
export type NewReplay = Pick<
  StoredReplay,
  "ownerId" | "accountId" | "datasetIds" | "instruments" | "from" | "to" | "speed"
>;

/** The replayed market of one account. Where it is stands in its storage; it goes on from there after any end. */
export class ReplayObject extends BackedUpObject implements MarketFeed {
  private readonly market: ReplayMarket;
  private readonly book: SubscriberBook;
  private readonly hubs = new Map<string, LiveHub<MarketState>>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, "ReplayObject");
    this.book = new SubscriberBook(ctx.storage.sql);
    if (this.read() !== undefined) this.book.open();
    this.market = new ReplayMarket({
      read: () => this.read(),
      write: (replay) => {
        ctx.storage.kv.put("replay", replay);
        this.valuesChanged();
      },
      book: this.book,
      now: systemClock,
      listen: (subscriber) => listenerOf(env, subscriber),
      open: (replay) => openReplaySeries(env, replay),
    });
  }

  /** Makes the replay, paused at its begin. A second call changes nothing. */
  begin(replay: NewReplay): void {
    if (this.read() !== undefined) return;
    this.book.open();
    const fresh = { status: "paused", marketAt: replay.from, sequence: 0, pending: null } as const;
    const stored: StoredReplay = { ...replay, ...fresh, dueAt: 0, heardAt: 0, failures: 0, waitingFor: 0 };
    this.ctx.storage.kv.put("replay", stored);
    this.valuesChanged();
  }

  async play(call: { ownerId: string }): Promise<ReplayState> {
    this.market.setPlaying(call.ownerId, true);
    await this.ctx.storage.setAlarm(systemClock());
    return this.market.state(call.ownerId);
  }

  async pause(call: { ownerId: string }): Promise<ReplayState> {
    this.market.setPlaying(call.ownerId, false);
    return this.market.state(call.ownerId);
  }

  async setSpeed(call: { ownerId: string; speed: number }): Promise<ReplayState> {
    this.market.setSpeed(call.ownerId, call.speed);
    await this.ctx.storage.setAlarm(systemClock());
    return this.market.state(call.ownerId);
  }

  /** Where the replay is; undefined where the account has none. */
  state(call: { ownerId: string }): ReplayState | undefined {
    return this.read() === undefined ? undefined : this.market.state(call.ownerId);
  }

  /** Which dataset plays each instrument; undefined where the account has no replay. */
  plays(call: { ownerId: string }): { readonly instrument: string; readonly datasetId: string }[] | undefined {
    const replay = this.read();
    if (replay?.ownerId !== call.ownerId) return undefined;
    return replay.instruments.map((instrument, at) => ({ instrument, datasetId: replay.datasetIds[at] }));
  }

  async subscribe(call: { ownerId: string; subscriber: MarketSubscriber }): Promise<void> {
    this.market.subscribe(call);
  }

  async unsubscribe(call: { ownerId: string; name: string }): Promise<void> {
    this.market.unsubscribe(call);
  }

  async minutes(call: { ownerId: string; instrument: string; from: number; limit: number }): Promise<MarketMinutes> {
    return this.market.minutes(call);
  }

  async last(call: { ownerId: string; instrument: string }) {
    return this.market.last(call);
  }

  /** It stands until a person plays it. */
  protected override async afterRestore(): Promise<void> {
    const replay = this.read();
    if (replay?.status === "playing") this.ctx.storage.kv.put("replay", { ...replay, status: "paused" });
  }

  /** Forgets the replay and hangs up. */
  async destroy(ownerId: string): Promise<void> {
    const replay = this.read();
    if (replay !== undefined && replay.ownerId !== ownerId) throw new Error("the replay belongs to another owner");
    for (const instrument of replay?.instruments ?? []) this.hub(instrument).end("deleted");
    await this.ctx.storage.deleteAll();
    this.forgetBackup();
  }

  /** Opens a socket that the Worker has checked, for the instrument that its query names. */
  override async fetch(request: Request): Promise<Response> {
    const replay = this.read();
    const instrument = new URL(request.url).searchParams.get("instrument") ?? "";
    if (replay === undefined || replay.ownerId !== request.headers.get(OWNER_HEADER)) {
      return new Response(null, { status: 404 });
    }
    if (!replay.instruments.includes(instrument)) return new Response(null, { status: 404 });
    const hub = this.hub(instrument);
    hub.publish(await this.market.marketState(instrument));
    return hub.open(request);
  }

  /** Closes the sockets of a session or key that has ended. */
  hangUp(grantId: string, reason: ByeReason): void {
    const [instrument] = this.read()?.instruments ?? [];
    if (instrument !== undefined) this.hub(instrument).hangUp(grantId, reason);
  }

  /** One step. It never throws and rings again whatever happens, for as long as the replay plays. */
  override async alarm(alarm?: AlarmInvocationInfo): Promise<void> {
    measureAlarm("replay", alarm, systemClock());
    const { storage } = this.ctx;
    this.turnBackup();
    try {
      if (this.read()?.status !== "playing") return;
      await storage.setAlarm(systemClock() + SAFETY_MS);
      const dueAt = await this.market.step();
      await this.publish();
      // Somebody may have let it play again since the step looked.
      if (this.read()?.status === "playing") await storage.setAlarm(Math.ceil(dueAt ?? systemClock()));
      else await storage.deleteAlarm().then(() => this.ringForBackup());
    } catch (error) {
      logEvent("replay_step_failed", { error });
      await storage.setAlarm(systemClock() + BROKEN_STEP_MS).catch(() => undefined);
    }
  }

  override async webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): Promise<void> {
    const found = this.hubOf(socket);
    if (found === undefined) return;
    const { hub, instrument } = found;
    if (hub.isEmpty) hub.publish(await this.market.marketState(instrument));
    const said = hub.message(socket, text);
    if (said === undefined) return;
    hub.refuse(socket, "bad_message", `A market's channel takes ack and snapshot, was ${said.type}.`);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hubOf(socket)?.hub.close(socket, code);
  }

  private async publish(): Promise<void> {
    for (const instrument of this.read()?.instruments ?? []) {
      const hub = this.hub(instrument);
      if (hub.size > 0) hub.publish(await this.market.marketState(instrument));
    }
  }

  private hubOf(socket: WebSocket): { readonly hub: LiveHub<MarketState>; readonly instrument: string } | undefined {
    const hubs = (this.read()?.instruments ?? []).map((instrument) => ({ instrument, hub: this.hub(instrument) }));
    return hubs.find(({ hub }) => hub.serves(socket));
  }

  private hub(instrument: string): LiveHub<MarketState> {
    const { ctx } = this;
    const hub =
      this.hubs.get(instrument) ??
      new LiveHub<MarketState>({
        ...{
          ctx,
          prefix: `live/${instrument}`,
          channel: "replay",
          now: systemClock,
          newEpoch: () => crypto.randomUUID(),
        },
        ...{ socketsMax: SOCKETS_AN_INSTRUMENT_MAX, keep: "memory" },
      });
    this.hubs.set(instrument, hub);
    return hub;
  }

  private read(): StoredReplay | undefined {
    return this.ctx.storage.kv.get<StoredReplay>("replay");
  }
}

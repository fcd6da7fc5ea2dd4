import type { VenueLineState } from "../schema/wire/sidecar.ts";
import { VenueRefusal } from "../workers/brokers/request/venue-reply.ts";
import type { VenueNews } from "../workers/brokers/venue-news.ts";
import type { StreamScript, StreamStep } from "../workers/brokers/venue-stream.ts";
import type { BeatSettings } from "./account-line.ts";
import type { Connect, Connection } from "./connection.ts";
import { BackOff, type Timers } from "./timers.ts";

/** What a venue's side tells its hold. `onTaken` is called once the account has stored the news. */
export interface VenueListener {
  news(news: readonly VenueNews[], onTaken?: () => void): void;
  state(state: VenueLineState, reason: string): void;
}

/** One account's connection to its venue, whoever dials. */
export interface VenueSide {
  start(): void;
  end(): void;
  /** Asks the venue over this connection, where it is the only way to it. Throws `VenueSilence` and `VenueRefusal`. */
  ask?(method: string, params: Readonly<Record<string, unknown>>, leftMs: number): Promise<unknown>;
}

/** Wait before the second try, ms, and the longest one. */
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;
/** A connection that stood this long was a good one: the next failure is a first one. */
const GOOD_MS = 60_000;
const TICK_MS = 1_000;
/** A venue that does not confirm within this tells us nothing, ms. */
const READY_MS_MAX = 30_000;

export interface VenueLineOptions {
  /** The script of one connection: a fresh one for each, since some are signed with the time. */
  readonly script: () => StreamScript | Promise<StreamScript>;
  readonly connect: Connect;
  readonly timers: Timers;
  readonly listener: VenueListener;
  /** How often a venue is asked whether it is there, and what silence is its end once it has answered such. */
  readonly beats: BeatSettings;
}

/** Dials a venue's stream and keeps it: silence, age and every break end in a new connection. */
export class VenueLine implements VenueSide {
  private readonly options: VenueLineOptions;
  private readonly backOff: BackOff;
  private running: Running | undefined;
  private cancelTimer: (() => void) | undefined;
  private isEnded = false;
  /** A script is being made. */
  private dialling = false;

  constructor(options: VenueLineOptions) {
    this.options = options;
    this.backOff = new BackOff(options.timers, { firstMs: RETRY_FIRST_MS, lastMs: RETRY_LAST_MS });
  }

  start(): void {
    this.dial();
  }

  end(): void {
    this.isEnded = true;
    this.cancelTimer?.();
    this.running?.connection.close();
    this.running = undefined;
  }

  private dial(): void {
    const { timers, listener, connect } = this.options;
    if (this.isEnded || this.dialling) return;
    listener.state("connecting", "");
    this.dialling = true;
    void this.open(connect, timers);
  }

  private async open(connect: Connect, timers: Timers): Promise<void> {
    let script: StreamScript;
    try {
      script = await this.options.script();
    } catch (error) {
      this.dialling = false;
      // What a key is refused for would be the same next time.
      const isFinal = error instanceof VenueRefusal && error.isKey;
      this.down(error instanceof Error ? error.message : String(error), isFinal);
      return;
    }
    this.dialling = false;
    if (this.isEnded) return;
    const at = timers.now();
    const running: Running = {
      script,
      openedAt: at,
      heardAt: at,
      isOpen: false,
      isReady: false,
      connection: NOTHING,
      ...UNASKED,
    };
    this.running = running;
    running.connection = connect(script, {
      opened: () => {
        running.isOpen = true;
        running.heardAt = timers.now();
        this.beat(running);
        this.step(running, () => script.open(timers.now()));
      },
      text: (text) => {
        running.heardAt = timers.now();
        this.step(running, () => script.take(text, timers.now()));
      },
      alive: (isPong) => {
        running.heardAt = timers.now();
        running.answersPings ||= isPong;
      },
      // An answer that says who may not come in would be the same next time.
      closed: (reason, status) => this.broken(running, reason, status === 401 || status === 403),
    });
    this.watch(running);
  }

  /** Looks each second whether the connection is still one. */
  private watch(running: Running): void {
    this.cancelTimer?.();
    const { beats } = this.options;
    this.cancelTimer = this.options.timers.after(Math.min(TICK_MS, beats.everyMs), () => {
      if (this.running !== running) return;
      const { script, heardAt, openedAt, isOpen, isReady } = running;
      const now = this.options.timers.now();
      // Not every server answers pings: one that has once is there as long as it does.
      const silentMsMax = running.answersPings ? Math.min(script.silenceMs, beats.silentMsMax) : script.silenceMs;
      if (now - heardAt > silentMsMax) {
        this.broken(running, `silent for ${now - heardAt} ms`, false);
        return;
      }
      if (isOpen && now - running.pingedAt >= beats.everyMs) this.beat(running);
      if (!isReady && now - openedAt > READY_MS_MAX) return this.broken(running, "was not ready in time", false);
      if (now - openedAt > script.ageMsMax) return this.broken(running, "renewed for its age", false);
      if (isReady && now - openedAt > GOOD_MS) this.backOff.reset();
      if (isOpen) this.step(running, () => script.tick(now));
      if (this.running === running) this.watch(running);
    });
  }

  /** Whether the venue is there: asked at once, so that also a line that falls silent right away is noticed. */
  private beat(running: Running): void {
    running.pingedAt = this.options.timers.now();
    running.connection.ping();
  }

  private step(running: Running, act: () => StreamStep): void {
    if (this.running !== running) return;
    const { listener } = this.options;
    let step: StreamStep;
    try {
      step = act();
    } catch (error) {
      // A script must not throw; where one does, this connection is not understood any more.
      const message = error instanceof Error ? error.message : String(error);
      listener.news([{ type: "gap", reason: `a frame was not understood: ${message}` }]);
      this.broken(running, message, false);
      return;
    }
    for (const frame of step.send) running.connection.send(frame);
    if (step.news.length > 0) listener.news(step.news);
    if (step.isReady === true && !running.isReady) {
      running.isReady = true;
      // Whatever happened before this moment was told to nobody.
      listener.news([{ type: "gap", reason: "connected anew" }]);
      listener.state("ready", "");
    }
    if (step.close !== undefined) this.broken(running, step.close.reason, step.close.isFinal);
  }

  private broken(running: Running, reason: string, isFinal: boolean): void {
    if (this.running !== running) return;
    this.running = undefined;
    running.connection.close();
    this.down(reason, isFinal);
  }

  private down(reason: string, isFinal: boolean): void {
    this.cancelTimer?.();
    if (this.isEnded) return;
    this.options.listener.state(isFinal ? "refused" : "down", reason);
    if (isFinal) return;
    this.cancelTimer = this.options.timers.after(this.backOff.next(), () => this.dial());
  }
}

interface Running {
  readonly script: StreamScript;
  readonly openedAt: number;
  heardAt: number;
  isOpen: boolean;
  isReady: boolean;
  connection: Connection;
  pingedAt: number;
  answersPings: boolean;
}

const UNASKED = { pingedAt: 0, answersPings: false };

const NOTHING: Connection = { send() {}, ping() {}, waiting: 0, close() {} };

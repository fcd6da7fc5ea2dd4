import type { EditHook, Hook, Signal, SignalCheck, SignalState } from "../../schema/wire/signal.ts";
import type { StoredHook } from "../auth/hook-token.ts";
import { PassingObject } from "../backup/passing-object.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import type { HookCall, HookReply } from "../signal/signal-intake.ts";
import { LOOK_EVERY_MS } from "./bot-signals.ts";
import { BotStore } from "./bot-store.ts";
import { BotWork } from "./bot-work.ts";

/** What came in is shown a moment later, so that a burst is told in few pieces. */
const SHOW_AFTER_MS = 250;

/** A bot's calls about signals from outside; `ownerId` is held against the stored one in each but the sender's. */
export abstract class BotBase extends PassingObject {
  protected readonly store: BotStore;
  protected readonly bot: BotWork;
  private showing = false;
  /** The alarm rings at once already. */
  protected rung = false;
  /** Something came while a pass was under way: its alarm must know of it. */
  protected rangMeanwhile = false;
  /** When the last pass ended, UTC ms. */
  protected lookedAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, "BotObject");
    this.store = new BotStore(ctx.storage);
    this.bot = new BotWork({ env, storage: ctx.storage, store: this.store, now: systemClock });
  }

  protected abstract publish(): void;
  protected abstract isWorking(): boolean;
  protected abstract arm(): Promise<void>;

  /** A message to the bot's address: written down before this answers. */
  async receiveSignal(call: HookCall): Promise<HookReply> {
    if (this.store.get("record") === undefined) return { type: "none" };
    const reply = await this.bot.signals.intake.receive(call);
    if (reply.type === "none" || reply.type === "locked") return reply;
    const waits = "receipt" in reply && reply.receipt.state === "received";
    if (waits || this.bot.alerts.hasAny()) await this.ring();
    this.showSoon();
    return reply;
  }

  /** How a message would be taken, with nothing done. */
  checkSignal({ ownerId, message }: { ownerId: string; message: string }): SignalCheck {
    this.bot.record(ownerId);
    return this.bot.signals.intake.check(message);
  }

  async replaySignal(call: { ownerId: string; id: string; of: string }): Promise<Signal | "none" | "not-understood"> {
    this.bot.record(call.ownerId);
    const signal = this.bot.signals.intake.replay(call);
    if (typeof signal !== "string" && signal.state === "received") await this.ring();
    this.showSoon();
    return signal;
  }

  signal({ ownerId, id }: { ownerId: string; id: string }): Signal | undefined {
    this.bot.record(ownerId);
    return this.bot.signals.store.get(id);
  }

  listSignals(call: {
    ownerId: string;
    before: number | undefined;
    limit: number;
    state?: SignalState | undefined;
  }): Signal[] {
    this.bot.record(call.ownerId);
    return this.bot.signals.store.list(call);
  }

  hook({ ownerId }: { ownerId: string }): Hook {
    this.bot.record(ownerId);
    return this.bot.signals.hook.view(systemClock());
  }

  /** Takes a new address; the one before is gone from this moment. */
  async putHook({ ownerId, hook }: { ownerId: string; hook: StoredHook }): Promise<Hook> {
    this.bot.record(ownerId);
    this.bot.signals.hook.put(hook, systemClock());
    return this.changedHook();
  }

  async editHook({ ownerId, change }: { ownerId: string; change: EditHook }): Promise<Hook> {
    this.bot.record(ownerId);
    this.bot.signals.hook.edit(change, systemClock());
    return this.changedHook();
  }

  async dropHook({ ownerId }: { ownerId: string }): Promise<Hook> {
    this.bot.record(ownerId);
    this.bot.signals.hook.drop();
    return this.changedHook();
  }

  private async changedHook(): Promise<Hook> {
    this.valuesChanged();
    // When something has to have been heard may have moved.
    await this.arm();
    this.showSoon();
    return this.bot.signals.hook.view(systemClock());
  }

  /**
   * Has the bot look at what waits, also where its process ends with this call: at once, and of a burst now and then, so
   * that looking does not keep it from answering. A pass that is under way sets the next alarm itself.
   */
  private async ring(): Promise<void> {
    if (this.isWorking()) {
      this.rangMeanwhile = true;
      return;
    }
    // After an error it tries again in its own time, and looks at everything then.
    if (this.rung || this.bot.life().errors > 0) return;
    this.rung = true;
    await this.ringForPass(Math.max(systemClock(), this.lookedAt + LOOK_EVERY_MS));
  }

  private showSoon(): void {
    if (this.showing) return;
    this.showing = true;
    setTimeout(() => {
      this.showing = false;
      if (this.store.get("record") !== undefined) this.publish();
    }, SHOW_AFTER_MS);
  }
}

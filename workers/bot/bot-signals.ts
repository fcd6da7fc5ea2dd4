import type { BotStatus } from "../../schema/wire/bot.ts";
import type { SignalState, SignalsState, SignalWish } from "../../schema/wire/signal.ts";
import type { DeskEvent } from "../account/desk-calls.ts";
import type { TraderCommand } from "../core/engine/trader-command.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { HookRecord } from "../signal/hook-record.ts";
import { planSignal, successorOf } from "../signal/plan-signal.ts";
import { SignalIntake } from "../signal/signal-intake.ts";
import { SignalStore, type WaitingSignal } from "../signal/signal-store.ts";
import type { BotAlerts } from "./bot-alerts.ts";
import type { BotMachine } from "./bot-machine.ts";
import { commandMessage } from "./bot-notes.ts";
import { type BotRecord, isDrivenOutside } from "./bot-record.ts";
import type { BotStore } from "./bot-store.ts";
import type { BotLife } from "./bot-view.ts";

/** Signals that the bot's page is told of as they come; older ones are in the list. */
const SHOWN = 20;

interface BotSignalsParts {
  readonly env: Env;
  readonly storage: DurableObjectStorage;
  readonly store: BotStore;
  readonly alerts: BotAlerts;
  readonly now: () => number;
  readonly record: () => BotRecord;
  readonly life: () => BotLife;
}

/** What a bot does with signals from outside: takes them in, acts on them one after the other, misses those that do not come. */
export class BotSignals {
  readonly store: SignalStore;
  readonly hook: HookRecord;
  readonly intake: SignalIntake;
  private readonly parts: BotSignalsParts;

  constructor(parts: BotSignalsParts) {
    const { env, storage, now, record } = parts;
    this.parts = parts;
    this.store = new SignalStore(storage);
    this.hook = new HookRecord(storage.kv);
    this.intake = new SignalIntake({
      ...{ env, storage, now, hook: this.hook, signals: this.store, newId: () => newId("sig") },
      instruments: () => record().instruments.map(({ instrument }) => instrument),
      denial: (wish) => this.denial(wish),
      locked: () =>
        this.raise(
          "locked",
          "is closed to signals for 15 minutes: somebody knows its address and not its secret. Make a new address.",
        ),
      heardAgain: () => this.raise("heard", "hears signals again."),
    });
  }

  /** Tells whoever looks after the bot: in its log, and as an alert. `says` follows the bot's name. */
  private raise(kind: keyof typeof ALERTS, says: string): void {
    const { now, record, alerts, store } = this.parts;
    const { level, code } = ALERTS[kind];
    const message = `${record().name} ${says}`;
    store.log({ at: now(), kind, message });
    alerts.raise(record(), { id: `signal-${kind}:${now()}`, at: now(), level, code, message });
  }

  /** Why the bot does not act on such a wish as it stands now. */
  private denial(wish: SignalWish): string | undefined {
    const { status, reason } = this.parts.life();
    if (!isDrivenOutside(this.parts.record())) return "The bot goes by rules of its own, not by signals.";
    if (!ACTIVE.has(status))
      return `The bot is ${WORDS[status]}${reason === null ? "" : `: ${reason}`}.`.replace("..", ".");
    if (wish !== "long" && wish !== "short") return undefined;
    if (status === "paused") return `The bot is paused and makes no entries${reason === null ? "." : `: ${reason}`}`;
    return this.parts.store.get("next") === undefined
      ? undefined
      : "A new version of the bot waits for its turn, and no entries are made until then.";
  }

  /**
   * Acts on what waits, in the order in which it came. After each step `ask` brings what was decided to the desk and hears
   * what became of it. `at`: the market's time.
   */
  async act(
    machine: BotMachine,
    { at, ask }: { readonly at: number; readonly ask: () => Promise<void> },
  ): Promise<void> {
    // What is left then has its turn with the next pass, so that nothing can keep this one for ever.
    for (let steps = 0; steps < STEPS_A_PASS && this.step(machine, at); steps++) await ask();
  }

  /** The first thing that can be done. False where there is nothing, or all that is left has to wait. */
  private step(machine: BotMachine, at: number): boolean {
    const waiting = this.store.waiting();
    const held = new Set<string>();
    for (const signal of waiting) {
      const instrument = signal.instrument ?? "";
      const next = successorOf(signal, waiting);
      if (next !== undefined) this.settle(signal, "superseded", `${next.id} came before its turn.`);
      else if (!held.has(instrument)) {
        const done = this.consider(signal, machine, at);
        if (done === "asked") return true;
        if (done === "waits") held.add(instrument);
      }
    }
    return false;
  }

  private consider(signal: WaitingSignal, machine: BotMachine, at: number): "asked" | "waits" | "settled" {
    const { wish, instrument } = signal;
    const index = machine.placeOf(instrument ?? "");
    const denial = wish === null ? "It wants nothing." : this.denial(wish);
    if (denial !== undefined || index === undefined) {
      return this.settle(signal, "denied", denial ?? `The bot does not trade ${instrument} any more.`);
    }
    const { quantity, mark } = machine.trader.positions()[index];
    const { direction } = this.parts.record().definition;
    const standing = { index, held: quantity, mark, working: machine.trader.working(index), direction };
    const plan = planSignal(signal, standing, this.parts.now());
    if (plan.do === "settle") return this.settle(signal, plan.state, plan.reason);
    if (plan.do === "wait") return "waits";
    const before = refusals(machine);
    try {
      machine.act({ id: signal.id, signals: plan.signals, time: signal.moment, at }, (orderIds, commands) => {
        this.note(commands);
        if (plan.do === "order") this.settleOrders(signal, orderIds, () => newRefusal(before, refusals(machine)));
      });
    } catch (error) {
      // A signal that cannot be acted on must not keep the bot from everything else.
      this.settle(signal, "failed", error instanceof Error ? error.message : "It could not be acted on.");
      throw error;
    }
    return "asked";
  }

  private settleOrders(signal: WaitingSignal, orderIds: readonly string[], refusal: () => string | undefined): void {
    if (orderIds.length === 0) {
      this.settle(signal, "denied", refusal() ?? "The bot's settings allow no order for it.");
      return;
    }
    this.store.addOrders(signal.id, orderIds);
    this.settle(signal, "acted", null);
  }

  private settle({ id }: { readonly id: string }, state: SignalState, reason: string | null): "settled" {
    this.store.settle(id, { state, reason, at: this.parts.now() });
    return "settled";
  }

  private note(commands: readonly TraderCommand[]): void {
    for (const command of commands) {
      const message = commandMessage(command);
      if (message !== undefined) this.parts.store.log({ at: this.parts.now(), kind: "signal", message });
    }
  }

  /** What became of an order at the desk: a signal whose order it turned away was not acted on. */
  heard({ order, event }: DeskEvent): void {
    if (event !== "deny" && event !== "rejected") return;
    const who = event === "deny" ? "The desk denied the order" : "The venue rejected the order";
    this.turnedAway(order.id, "denied", `${who}: ${order.reason ?? "no reason given"}`);
  }

  /** An entry that was decided on was not asked for in time. */
  gaveUp(orderId: string): void {
    this.turnedAway(
      orderId,
      "failed",
      "It was cut off before the desk was asked, and then it was too late for an entry.",
    );
  }

  private turnedAway(orderId: string, state: SignalState, reason: string): void {
    const id = this.store.ofOrder(orderId);
    if (id !== undefined && this.store.get(id)?.state === "acted") this.settle({ id }, state, reason);
  }

  /** The bot acts no more: what waits never will be acted on. */
  stopped(): void {
    for (const signal of this.store.waiting()) this.settle(signal, "denied", "The bot was stopped before its turn.");
  }

  /** What is known of the storage is read anew. */
  forget(): void {
    this.store.forget();
  }

  /** Raises an alert where what is expected did not come, and drops what is too old. */
  watch(): void {
    const { now, life, storage } = this.parts;
    if ((this.store.pruneDueAt() ?? now() + 1) <= now()) this.store.prune(now());
    const by = this.expects(life().status) ? this.hook.expectedBy() : undefined;
    if (by === undefined || now() < by) return;
    const minutes = Math.round((this.hook.settings().expectSeconds ?? 0) / 6) / 10;
    storage.transactionSync(() => {
      this.hook.miss(now());
      this.raise("missing", `has heard no signal and no heartbeat for ${minutes} minutes. Its sender may be down.`);
    });
  }

  private expects(status: BotStatus): boolean {
    return ACTIVE.has(status) && isDrivenOutside(this.parts.record());
  }

  /** When it has to be looked at again, UTC ms. */
  dueAt(): number | undefined {
    const { status, errors } = this.parts.life();
    const due = [this.store.pruneDueAt(), this.expects(status) ? this.hook.expectedBy() : undefined];
    // After an error the bot tries again in its own time.
    const waits = ACTIVE.has(status) && errors === 0 ? this.store.newestWaitingAt() : undefined;
    if (waits !== undefined) due.push(this.parts.now() + againAfter(this.parts.now() - waits));
    const known = due.filter((at) => at !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  state(): SignalsState | null {
    if (!isDrivenOutside(this.parts.record())) return null;
    return {
      waiting: this.store.waitingCount(),
      heardAt: this.hook.heardAt(),
      missingSince: this.hook.missingSince(),
      latest: this.store.list({ before: undefined, limit: SHOWN }),
    };
  }
}

const STEPS_A_PASS = 50;
/** What has just come is looked at soon, together with what comes until then. */
export const LOOK_EVERY_MS = 250;
/** What waits for an order is woken by its desk; looking again is for a call that was lost. */
const AGAIN_MS_MAX = 15_000;

/** In how long what waits is looked at again, by how long the newest has waited. */
function againAfter(waitedMs: number): number {
  return Math.min(AGAIN_MS_MAX, Math.max(LOOK_EVERY_MS, waitedMs));
}

const ALERTS = {
  missing: { level: "warning", code: "signal_missing" },
  heard: { level: "info", code: "signal_heard_again" },
  locked: { level: "critical", code: "signal_address_locked" },
} as const;
const ACTIVE: ReadonlySet<BotStatus> = new Set(["running", "paused", "starting"]);
const WORDS: Readonly<Record<BotStatus, string>> = {
  ...{ stopped: "stopped", halted: "halted", error: "in error", running: "running", paused: "paused" },
  starting: "starting",
};

type Refusals = ReadonlyMap<string, { readonly count: number; readonly example: string }>;

function refusals({ trader }: BotMachine): Refusals {
  return new Map(trader.refused().map(({ rule, count, example }) => [rule, { count, example }]));
}

/** The rule of the bot's own that an entry has just broken; with its example where that is of this entry. */
function newRefusal(before: Refusals, after: Refusals): string | undefined {
  for (const [rule, { count, example }] of after) {
    const times = before.get(rule)?.count ?? 0;
    if (count > times) return `The bot's own settings refused it (${rule})${times === 0 ? `: ${example}` : ""}.`;
  }
  return undefined;
}

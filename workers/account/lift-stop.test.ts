import { describe, expect, it } from "vitest";
import { quantity } from "../core/testing/orders.ts";
import type { Desk } from "./desk.ts";
import { KILL_REASON } from "./desk-account.ts";
import type { SwitchScope } from "./desk-switches.ts";
import { newDesk, ScriptedBroker } from "./testing/scripted-desk.ts";

const A: SwitchScope = { kind: "instrument", instrument: "X:A" };
const B: SwitchScope = { kind: "instrument", instrument: "X:B" };
const ACCOUNT: SwitchScope = { kind: "account" };
const BOT: SwitchScope = { kind: "bot", bot: "bot_1" };
const BY_HAND = { flatten: false, at: 0 };

/** Alerts of a desk, the oldest first: what they begin with, and whether they are over. */
function alertsOf({ books }: Desk): (readonly [text: string, isOver: boolean])[] {
  return books.record.alerts
    .map(({ message, settledAt }) => [message.slice(0, 24), settledAt !== undefined] as const)
    .toReversed();
}

function liftedOf({ books }: Desk): string[] {
  return books.record.alerts.filter(({ code }) => code === "STOP_LIFTED").map(({ message }) => message);
}

/** A desk that halted two instruments whose positions differ from the venue's. */
async function withDifferences() {
  const broker = new ScriptedBroker();
  const report = broker.report.bind(broker);
  broker.report = async () => {
    const answer = await report();
    const positions = new Map([A, B].map((scope) => ["instrument" in scope ? scope.instrument : "", quantity("1")]));
    return { ...answer, report: { ...answer.report, positions: positions as never } };
  };
  const { desk } = await newDesk({ broker });
  await desk.sweepNow();
  await desk.sweepNow();
  return desk;
}

/** Alerts whose words say nothing of what was stopped. */
function reword({ books }: Desk): void {
  books.write(() => books.note({ alerts: books.record.alerts.map((alert) => ({ ...alert, message: "It differs." })) }));
}

/** The same rows as a version wrote them that did not say what was stopped. */
function forgetNames({ books }: Desk): void {
  const older = books.record.alerts.map(({ stopped: _, ...alert }) => {
    const message = alert.message.replace("The position differs from the venue's", alert.code);
    return { ...alert, message };
  });
  books.write(() => books.note({ alerts: older }));
}

describe("a stop that is lifted", () => {
  it.each([
    ["names what was stopped, whatever its words", reword],
    ["is older and tells it by its words", forgetNames],
  ])("leaves what was told of another instrument's stop as it is, where the alert %s", async (_, age) => {
    const desk = await withDifferences();
    expect(alertsOf(desk)).toEqual([
      ["X:A: The position differ", false],
      ["X:B: The position differ", false],
    ]);
    age(desk);
    desk.switches.set(ACCOUNT, "ACTIVE", "by hand");
    desk.switches.set(A, "ACTIVE", "by hand");
    expect(
      alertsOf(desk)
        .slice(0, 2)
        .map(([, isOver]) => isOver),
    ).toEqual([true, false]);
    desk.switches.set(B, "ACTIVE", "by hand");
    expect(
      alertsOf(desk)
        .slice(0, 2)
        .map(([, isOver]) => isOver),
    ).toEqual([true, true]);
    expect(liftedOf(desk)).toEqual(["The stop of X:B was lifted.", "The stop of X:A was lifted."]);
  });

  it.each([
    ["the account, halted by a rule and then killed", ACCOUNT, 1],
    ["a bot, halted by a rule and then killed", BOT, 0],
  ])("is the end of everything told of %s", async (_, scope, told) => {
    const { desk } = await newDesk();
    desk.books.write(() => desk.books.halt("bot" in scope ? scope.bot : "account", "REPEATED_REJECT", "too many"));
    desk.switches.kill(scope, BY_HAND);
    desk.switches.set(scope, "ACTIVE", "by hand");
    const stops = desk.books.record.alerts.filter(({ code }) => code !== "STOP_LIFTED");
    expect(stops.map(({ code, settledAt }) => [code, settledAt !== undefined])).toEqual([
      [KILL_REASON, true],
      ["REPEATED_REJECT", true],
    ]);
    expect(liftedOf(desk)).toHaveLength(told);
  });

  it.each(["user", "account", "platform"] as const)(
    "is lifted also where %s was set to reduce first, and not before it trades again",
    async (kind) => {
      const { desk } = await newDesk();
      desk.switches.kill({ kind }, BY_HAND);
      desk.switches.set({ kind }, "REDUCING", undefined);
      expect(alertsOf(desk).map(([, isOver]) => isOver)).toEqual([false]);
      desk.switches.set({ kind }, "ACTIVE", "by hand");
      expect(alertsOf(desk)[0]?.[1]).toBe(true);
      expect(liftedOf(desk)).toHaveLength(1);
      desk.switches.set({ kind }, "ACTIVE", "by hand");
      expect(liftedOf(desk)).toHaveLength(1);
    },
  );

  it("ends later than any before it, also within one millisecond: the dashboard asks for what is later", async () => {
    const { desk } = await newDesk();
    for (const scope of [ACCOUNT, A]) {
      desk.switches.kill(scope, BY_HAND);
      desk.switches.set(scope, "ACTIVE", "by hand");
    }
    const [second, first] = desk.books.record.alerts.flatMap(({ settledAt }) => settledAt ?? []);
    expect(second).toBeGreaterThan(first ?? Number.POSITIVE_INFINITY);
  });
});

describe("a bot that a person stops", () => {
  it("is told as no kill switch and as nothing critical, though it ends like one, and is over once it starts", async () => {
    const [killed, stopped] = [(await newDesk()).desk, (await newDesk()).desk];
    killed.switches.kill(BOT, BY_HAND);
    stopped.switches.kill(BOT, { ...BY_HAND, told: "bot-stop" });
    const told = ({ books }: Desk) => books.record.alerts.map(({ level, code, message }) => [level, code, message]);
    expect(told(killed)).toEqual([
      ["critical", KILL_REASON, "Trading of the bot was stopped; open orders being cancelled: 0."],
    ]);
    expect(told(stopped)).toEqual([["info", "BOT_STOPPED", "The bot was stopped; open orders being cancelled: 0."]]);
    expect(stopped.books.scope("bot_1")).toEqual(killed.books.scope("bot_1"));
    expect(stopped.books.scope("bot_1").trading).toMatchObject({ state: "HALTED", reason: KILL_REASON });
    stopped.switches.set(BOT, "ACTIVE", "started");
    expect(alertsOf(stopped).map(([, isOver]) => isOver)).toEqual([true]);
  });
});

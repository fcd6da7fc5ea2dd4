import { describe, expect, test } from "vitest";
import { botInForce, isStoppedOnly, type SwitchEntry, sinceInForce, switchInForce } from "./state-in-force.ts";

function entry(scope: SwitchEntry["scope"], state: SwitchEntry["state"], id = ""): SwitchEntry {
  return { scope, id, state, reason: null, since: null, by: null, until: null };
}

describe("the switch in force", () => {
  const platform = entry("platform", "ACTIVE");
  const bot = entry("bot", "ACTIVE", "b1");

  test("a bot is held by the strictest of platform, person, account and its own, and the widest of equals is named", () => {
    const user = entry("user", "HALTED");
    const account = entry("account", "HALTED");
    expect(switchInForce(bot, [platform, user, account, bot])).toBe(user);
    expect(switchInForce(bot, [platform, entry("user", "REDUCING"), account, bot])).toBe(account);
    const halted = entry("bot", "HALTED", "b1");
    expect(switchInForce(halted, [platform, entry("user", "ACTIVE"), halted])).toBe(halted);
  });

  test("a switch is not held by what lies within it or beside it", () => {
    const user = entry("user", "ACTIVE");
    const account = entry("account", "HALTED");
    const market = entry("instrument", "HALTED", "SIM:BTC-USD");
    expect(switchInForce(user, [platform, user, account]).state).toBe("ACTIVE");
    expect(switchInForce(bot, [platform, user, market, bot]).state).toBe("ACTIVE");
  });

  test("a bot that halted by itself says since when, and one that a switch holds since when that is", () => {
    const bots = [{ id: "b1", status: "halted", reason: null } as const];
    const told = { b1: { statusSince: 5_000 } };
    expect(sinceInForce(bot, [platform, bot], bots, told)).toBe(5_000);
    expect(sinceInForce(bot, [platform, bot], bots, {})).toBeNull();
    const stopped = { ...entry("platform", "HALTED"), since: 7_000 };
    expect(sinceInForce(bot, [stopped, bot], bots, told)).toBe(7_000);
    expect(sinceInForce(bot, [platform, bot], [{ ...bots[0], status: "running" }], told)).toBeNull();
    expect(sinceInForce(platform, [platform, bot], bots, told)).toBeNull();
  });

  test("a bot that does not run is told as such, with why; one that runs and other switches are not", () => {
    const bots = [{ id: "b1", status: "paused", reason: null } as const];
    expect(botInForce(bot, bots)).toEqual({ status: "paused", why: "It makes no entries." });
    expect(botInForce(bot, [{ ...bots[0], reason: "Paused by hand." }])?.why).toBe("Paused by hand.");
    expect(botInForce(bot, [{ ...bots[0], status: "running" }])).toBeUndefined();
    expect(botInForce(platform, bots)).toBeUndefined();
  });

  test("a bot that somebody stopped is told as stopped alone; whatever else holds it is told too", () => {
    const held = { ...entry("bot", "HALTED", "b1"), reason: "KILL_SWITCH" };
    const bots = [{ id: "b1", status: "stopped", reason: "Stopped." } as const];
    expect(isStoppedOnly(held, [platform, held], bots)).toBe(true);
    expect(isStoppedOnly(held, [entry("platform", "HALTED"), held], bots)).toBe(false);
    expect(isStoppedOnly(held, [platform, held], [{ ...bots[0], status: "halted" }])).toBe(false);
    for (const other of [bot, entry("bot", "REDUCING", "b1"), { ...held, reason: "DAILY_LOSS" }])
      expect(isStoppedOnly(other, [platform, other], bots)).toBe(false);
  });
});

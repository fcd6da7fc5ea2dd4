import { expect, test } from "vitest";
import { armFirst } from "./arm-words.ts";

const ACCOUNT = { scope: "account", state: "HALTED" } as const;

test("a bot that its account keeps from starting says what has to be armed first", () => {
  for (const status of ["stopped", "halted", "error"] as const) {
    expect(armFirst(status, ACCOUNT)).toBe(
      "Trading is stopped on the bot's account: arm it first, then start the bot.",
    );
  }
  expect(armFirst("halted", { ...ACCOUNT, scope: "user" })).toContain("on all your accounts: arm it first");
  expect(armFirst("stopped", { ...ACCOUNT, scope: "platform" })).toContain("its operator lets trading go on");
});

test("a bot that runs, or whose account may close, says nothing of arming", () => {
  expect(armFirst("running", ACCOUNT)).toBeNull();
  expect(armFirst("halted", { ...ACCOUNT, state: "REDUCING" })).toBeNull();
  expect(armFirst("halted", null)).toBeNull();
});

import { expect, it } from "vitest";
import { alertWords } from "./alert-words.ts";

it("says a code in words where a message has it, and leaves the names of instruments alone", () => {
  const code = "POSITION_DIFFERS";
  expect(alertWords({ code, message: "OANDA:EUR_USD: POSITION_DIFFERS: we have 1, the venue 2" })).toBe(
    "OANDA:EUR_USD: position differs: we have 1, the venue 2",
  );
  expect(alertWords({ code, message: "POSITION_DIFFERS: we have 1" })).toBe("Position differs: we have 1");
});

it("leaves a message in words as it is", () => {
  const message = "Trend has heard no signal for 5 minutes.";
  expect(alertWords({ code: "signals.missing", message })).toBe(message);
  expect(alertWords({ code: "KILL_SWITCH", message: "Trading was stopped." })).toBe("Trading was stopped.");
});

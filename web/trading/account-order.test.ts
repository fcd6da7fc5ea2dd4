import { describe, expect, test } from "vitest";
import type { DashboardAccount } from "../../schema/wire/bot.ts";
import { accountInView, dashboardAccountInView } from "./account-order.ts";

const DEMO = { id: "z1", createdAt: 1 };
const ALPACA = { id: "a1", createdAt: 2 };
const BINANCE = { id: "b1", createdAt: 3 };
const MADE = [BINANCE, ALPACA, DEMO];

/** As they stand on the dashboard: by name. */
const SHOWN = ["a1", "b1", "z1"].map((accountId) => ({ accountId }) as DashboardAccount);

describe("the account in view", () => {
  test("is the one that was chosen for as long as there is one", () => {
    expect(accountInView(MADE, ["b1"])).toBe(BINANCE);
    expect(accountInView(MADE, [undefined, null, "a1", "b1"])).toBe(ALPACA);
    expect(dashboardAccountInView(SHOWN, { chosen: "b1", made: MADE })?.accountId).toBe("b1");
    expect(dashboardAccountInView(SHOWN, { chosen: "b1", made: undefined })?.accountId).toBe("b1");
  });

  test("is the one that was made first where none was chosen, whatever was made later and whatever it is called", () => {
    for (const made of [[DEMO], [ALPACA, DEMO], MADE]) {
      expect(accountInView(made, [null])).toBe(DEMO);
      const shown = SHOWN.filter(({ accountId }) => made.some(({ id }) => id === accountId));
      expect(dashboardAccountInView(shown, { chosen: null, made })?.accountId).toBe("z1");
    }
    expect(accountInView(MADE, ["gone"])).toBe(DEMO);
  });

  test("is not guessed while it is not known which one was made first", () => {
    expect(dashboardAccountInView(SHOWN, { chosen: null, made: undefined })).toBeUndefined();
    expect(dashboardAccountInView(SHOWN.slice(0, 1), { chosen: null, made: undefined })?.accountId).toBe("a1");
  });

  test("is none where there is none", () => {
    expect(accountInView([], ["a1"])).toBeUndefined();
    expect(dashboardAccountInView([], { chosen: null, made: [] })).toBeUndefined();
  });
});

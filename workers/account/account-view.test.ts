import { expect, it } from "vitest";
import type { Decimal } from "../core/ledger/decimal.ts";
import { parseDecimal } from "../core/ledger/decimal-text.ts";
import { RAISE_DELAY_MS } from "../core/risk/limits-in-force.ts";
import { riskView } from "./account-view.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import { NOW, newDesk } from "./testing/scripted-desk.ts";

const BEFORE = { orderNotional: "100", dailyLoss: "50" };
const HOURS = [{ weekdays: [1, 2], fromMinute: 0, toMinute: 600 }];

/** An account whose limits were set long ago, and what waits of those that are set now. */
async function withLimits() {
  const { desk, clock } = await newDesk();
  const set = (texts: Readonly<Record<string, string>>, rest: object = {}) => {
    const caps: Record<string, Decimal> = {};
    for (const [name, text] of Object.entries(texts)) caps[name] = parseDecimal(text, name);
    desk.books.write(() => desk.switches.setLimits(ACCOUNT_SCOPE, { caps, ...rest }));
    return pending();
  };
  const pending = () => riskView(desk).limits.find(({ level }) => level === "account")?.pending;
  set(BEFORE, { windows: HOURS });
  clock.now = NOW + 2 * RAISE_DELAY_MS;
  return { set, pending, clock };
}

it("shows no limits as waiting after a change that only lowers caps: they hold at once", async () => {
  const { set } = await withLimits();
  expect(set({ ...BEFORE, orderNotional: "90", openOrders: "5" }, { windows: HOURS })).toBeNull();
});

it("shows limits as waiting until a raised cap holds, also where another was lowered with it", async () => {
  const { set, pending, clock } = await withLimits();
  const raised = { orderNotional: "200", dailyLoss: "40" };
  expect(set(raised, { windows: HOURS })).toEqual({
    limits: { caps: raised, windows: HOURS },
    from: clock.now + RAISE_DELAY_MS,
  });
  clock.now += RAISE_DELAY_MS;
  expect(pending()).toBeNull();
});

it("shows limits as waiting where hours are taken away, or changed to others", async () => {
  const { set } = await withLimits();
  expect(set(BEFORE)).not.toBeNull();
  expect(set(BEFORE, { windows: [{ ...HOURS[0], toMinute: 700 }] })).not.toBeNull();
});

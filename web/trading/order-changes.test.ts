import { describe, expect, test } from "vitest";
import { followOrderChanges, LISTS_GATHER_MS, LISTS_PAUSE_MS } from "./order-changes.ts";

/** A page whose clock is turned by hand. */
function page() {
  let now = 0;
  let due: { at: number; act: () => void }[] = [];
  const asked: string[] = [];
  const note = (what: string) => {
    asked.push(`${now} ${what}`);
    return Promise.resolve();
  };
  const hear = followOrderChanges({
    askLists: () => note("lists"),
    askOrders: (accountIds) => note(`orders of ${[...accountIds].join()}`),
    later: (act, delayMs) => due.push({ at: now + delayMs, act }),
  });
  return {
    asked,
    tell: (accountId: string, desk: number, lists: number) =>
      hear({ [accountId]: { accountId, orderChanges: { desk, lists } } }),
    async turnTo(atMs: number) {
      for (; now <= atMs; now++) {
        const ready = due.filter(({ at }) => at <= now);
        due = due.filter(({ at }) => at > now);
        for (const { act } of ready) act();
        await Promise.resolve();
        await Promise.resolve();
      }
      now = atMs;
    },
  };
}

describe("what the dashboard says of orders", () => {
  test("lists are asked as soon as they have more, and not where nothing changed", async () => {
    const { tell, turnTo, asked } = page();
    tell("acc_1", 1, 1);
    tell("acc_1", 1, 1);
    await turnTo(5_000);
    expect(asked).toEqual([]);
    tell("acc_1", 1, 2);
    await turnTo(10_000);
    expect(asked).toEqual([`${5_000 + LISTS_GATHER_MS} lists`]);
  });

  test("a thousand changes in two seconds ask for the lists a few times, the last time after the last change", async () => {
    const { tell, turnTo, asked } = page();
    tell("acc_1", 1, 1);
    for (let change = 1; change <= 1_000; change++) {
      await turnTo(change * 2);
      tell("acc_1", 1, 1 + change);
    }
    await turnTo(10_000);
    const times = asked.map((line) => Number.parseInt(line, 10));
    expect(times.length).toBeLessThanOrEqual(4);
    expect(times.at(-1)).toBeGreaterThanOrEqual(2_000);
    expect(times.at(-1)).toBeLessThanOrEqual(2_000 + LISTS_PAUSE_MS + LISTS_GATHER_MS);
  });

  test("an order on screen is asked of its desk before lists have it, of the accounts that changed alone", async () => {
    const { tell, turnTo, asked } = page();
    tell("acc_1", 1, 1);
    tell("acc_2", 1, 1);
    tell("acc_2", 2, 1);
    await turnTo(5_000);
    expect(asked).toEqual(["100 orders of acc_2"]);
  });
});

import { expect, test } from "vitest";
import type { InboxNotice } from "../../schema/wire/notification.ts";
import { foldNotices } from "./fold-notices.ts";

let count = 0;

function notice(parts: Partial<InboxNotice> = {}): InboxNotice {
  count += 1;
  const about = { event: "order.denied", level: "warning" as const, accountId: "acc_1", botId: null };
  return {
    id: `n${count}`,
    ...about,
    title: `Denied ${count}`,
    text: "",
    at: 0,
    path: null,
    repeats: 0,
    read: false,
    ...parts,
  };
}

test("notices of one kind about one subject in a row become the newest of them with a count, repeats included", () => {
  const rows = [notice(), notice({ repeats: 3 }), notice({ botId: "b1" }), notice()];
  expect(foldNotices(rows)).toEqual([{ ...rows[0], repeats: 4 }, rows[2], rows[3]]);
  expect(foldNotices([])).toEqual([]);
});

test("what was read joins nothing new, and of critical ones each that says something else stays", () => {
  const old = [notice(), notice({ read: true })];
  expect(foldNotices(old)).toEqual(old);
  const halts = ["Kill switch", "Kill switch", "Lost"].map((title) => notice({ level: "critical", title }));
  expect(foldNotices(halts)).toEqual([{ ...halts[0], repeats: 1 }, halts[2]]);
});

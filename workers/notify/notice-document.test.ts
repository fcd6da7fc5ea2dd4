import { expect, it } from "vitest";
import { eventSpec, NOTICE_EVENT_NAMES, NOTICE_TOPICS } from "../../schema/wire/notice-event.ts";
import { nodeModule } from "../testing/node-module.ts";

const { readFileSync } = await nodeModule<{ readFileSync(path: string, encoding: string): string }>("node:fs");

it("lists in the document every event there is, with its topic, level and words, and no other", () => {
  const text = readFileSync("docs/notifications.md", "utf8");
  const table = text.split("## Events")[1]?.split("\n## ")[0] ?? "";
  const rows = table.split("\n").filter((line) => line.startsWith("|"));
  const expected = NOTICE_EVENT_NAMES.map((name) => {
    const { topic, level, always, says } = eventSpec(name);
    return `| \`${name}\` | ${topic} | ${level} | ${always === true ? "each time" : "once"} | ${says} |`;
  });
  expect(rows.slice(2)).toEqual(expected);
});

it("has an event for every topic that rules can be made for", () => {
  const used = new Set(NOTICE_EVENT_NAMES.map((name) => eventSpec(name).topic));
  expect(Object.keys(NOTICE_TOPICS).filter((topic) => !used.has(topic as keyof typeof NOTICE_TOPICS))).toEqual([]);
});

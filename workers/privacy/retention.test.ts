import { expect, it } from "vitest";
import { DELETION_GRACE_DAYS } from "../../schema/wire/privacy.ts";
import { nodeModule } from "../testing/node-module.ts";
import { retentionLines } from "./retention.ts";

const { readFileSync } = await nodeModule<{ readFileSync(path: string, encoding: string): string }>("node:fs");

it("says the same in the document on privacy as in the constants that jobs go by", () => {
  const text = readFileSync("docs/privacy.md", "utf8");
  const table = text.split("## How long things are kept")[1]?.split("\n## ")[0] ?? "";
  const rows = table.split("\n").filter((line) => line.startsWith("|"));
  expect(rows.slice(2)).toEqual(retentionLines());
  expect(text).toContain(`${DELETION_GRACE_DAYS} days`);
});

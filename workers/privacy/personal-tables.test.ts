import { getTableColumns, getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import { nodeModule } from "../testing/node-module.ts";
import { PERSONAL_TABLES } from "./personal-tables.ts";

const { readdirSync } = await nodeModule<{ readdirSync(path: string): string[] }>("node:fs");
const TABLES = "schema/tables";
/** Names of columns that say who. */
const PERSON = /^(owner|user|viewer|viewing_owner|recipient|actor)(_id)?$|^email$/;

async function allTables(): Promise<SQLiteTable[]> {
  const files = readdirSync(TABLES).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const modules = await Promise.all(
    files.map((name): Promise<object> => import(`../../schema/tables/${name.slice(0, -3)}.ts`)),
  );
  return modules.flatMap((module) => Object.values(module)).filter((value) => is(value, SQLiteTable));
}

describe("every table of the database", () => {
  it("that has a column of a person is in the list of what goes into the archive and what is erased", async () => {
    const listed = new Set(PERSONAL_TABLES.map(({ table }) => getTableName(table)));
    const tables = await allTables();
    expect(tables.length).toBeGreaterThan(20);
    const personal = tables.filter((table) =>
      Object.values(getTableColumns(table)).some((column) => PERSON.test(column.name)),
    );
    expect(personal.map((table) => getTableName(table)).filter((name) => !listed.has(name))).toEqual([]);
  });

  it("is listed with its own columns, each left out of the archive by a name that it has", () => {
    for (const { table, people, archive } of PERSONAL_TABLES) {
      const columns = getTableColumns(table);
      for (const column of people) expect(Object.values(columns)).toContain(column);
      if ("file" in archive) expect(Object.keys(columns)).toEqual(expect.arrayContaining([...archive.without]));
      else expect(archive.leftOutSince.length).toBeGreaterThan(20);
    }
  });

  it("gives no column to the archive that can hold a secret", () => {
    const secret = /hash|seed|sealed|salt|token|secret$|body|password|objectKey|checkpoint/i;
    // What a simulated market is made from, and the SHA-256 by which a trail is checked, are no secrets.
    const allowed = new Set(["datasets.seed"]);
    for (const { table, archive } of PERSONAL_TABLES) {
      if (!("file" in archive)) continue;
      const given = Object.keys(getTableColumns(table)).filter((name) => !archive.without.includes(name));
      const names = given.filter((name) => secret.test(name)).map((name) => `${getTableName(table)}.${name}`);
      expect(names.filter((name) => !allowed.has(name))).toEqual(
        getTableName(table) === "backtests" ? ["backtests.checkpointKey"] : [],
      );
    }
  });
});

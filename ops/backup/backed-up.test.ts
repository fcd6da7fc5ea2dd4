import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OBJECT_CLASSES, TABLES_LEFT_OUT } from "../../workers/backup/backed-up.ts";
import { classesOf } from "../deploy/class-changes.ts";
import { migratedDatabase, missingTriggers } from "./migrated-database.ts";

describe("the list of what is backed up", () => {
  it("names every class of objects of wrangler.toml, and none besides", () => {
    const classes = classesOf(readFileSync("wrangler.toml", "utf8"));
    expect(Object.keys(OBJECT_CLASSES).sort()).toEqual([...classes.keys()].sort());
  });

  it("finds a trigger for each kind of change of every table of the database", async () => {
    expect(await missingTriggers("migrations")).toEqual([]);
  });

  it("leaves out only tables that there are", () => {
    const tables = migratedDatabase("migrations").prepare("select name from sqlite_master where type = 'table'").all();
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(TABLES_LEFT_OUT)));
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BEFORE_DEPLOYMENTS, checkMigration, migrationFaults } from "./expand-contract.ts";
import { statementsOf } from "./sql-statements.ts";

const rulesOf = (text: string) => checkMigration("0099_test.sql", text).findings.map(({ rule }) => rule);

describe("a migration that runs beside the version before", () => {
  it.each([
    "CREATE TABLE `a` (`id` text PRIMARY KEY NOT NULL, `name` text NOT NULL UNIQUE);",
    "ALTER TABLE `users` ADD `note` text;",
    "ALTER TABLE `users` ADD COLUMN `seen` integer DEFAULT 0 NOT NULL;",
    "CREATE INDEX `by_note` ON `users` (`note`);",
    "CREATE TABLE a (id text); CREATE UNIQUE INDEX once ON a (id); INSERT INTO a (id) VALUES ('drop table users');",
    "ALTER TABLE users ADD note text; UPDATE users SET note = 'none' WHERE name = 'x';",
    "create table log (x text); create trigger t after insert on users begin insert into log (x) values (case when 1 then 2 end); delete from log; end;",
    'create trigger if not exists "backup_a_made" after insert on "a" begin insert into backup_changes (name) values (new.x); end;',
    "INSERT OR IGNORE INTO settings (id) VALUES (1); INSERT INTO settings (id) VALUES (1) ON CONFLICT DO NOTHING;",
    "CREATE TABLE a (id text); INSERT OR REPLACE INTO a (id) VALUES (1); DELETE FROM a; DROP TABLE a;",
    "DROP TRIGGER t; CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END;",
    "DROP INDEX by_note; -- drop table users;",
  ])("may add: %s", (text) => {
    expect(rulesOf(text)).toEqual([]);
  });

  it.each([
    ["DROP TABLE `users`;", "a table is taken away"],
    ["ALTER TABLE `users` DROP COLUMN `image`;", "a column is taken away"],
    ["ALTER TABLE users RENAME TO people;", "a name is taken away"],
    ["ALTER TABLE users RENAME COLUMN a TO b;", "a name is taken away"],
    ["ALTER TABLE users ADD born integer NOT NULL;", "a new column must have a default"],
    ["CREATE UNIQUE INDEX once ON users (email);", "a new unique index refuses rows that are written now"],
    ["UPDATE users SET email = lower(email);", "values are changed that the version before reads"],
    [
      "ALTER TABLE users ADD note text; UPDATE users SET note = 1, email = 2;",
      "values are changed that the version before reads",
    ],
    ["DELETE FROM sessions;", "rows are taken away"],
    [
      "create trigger t before insert on users begin select raise(abort, 'no'); end;",
      "a trigger that refuses rows refuses those of the version before",
    ],
    ["DROP TABLE IF EXISTS users; CREATE TABLE users (id text);", "a table is taken away"],
    ["CREATE TABLE IF NOT EXISTS users (id text); DELETE FROM users;", "rows are taken away"],
    ["CREATE TABLE IF NOT EXISTS users (id text); DROP TABLE users;", "a table is taken away"],
    [
      "ALTER TABLE users ADD a text; UPDATE users SET a = (SELECT b FROM c WHERE d = 1), email = '';",
      "values are changed that the version before reads",
    ],
    [
      "ALTER TABLE users ADD a text; UPDATE users SET a = 1, (email, name) = (1, 2);",
      "values are changed that the version before reads",
    ],
    [
      "ALTER TABLE users ADD a text; UPDATE users SET a = `where`, [email] = 2;",
      "values are changed that the version before reads",
    ],
    ["INSERT OR REPLACE INTO users (id) VALUES (1);", "values are changed that the version before reads"],
    [
      "INSERT INTO users (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET email = '';",
      "values are changed that the version before reads",
    ],
    ["REPLACE INTO users (id) VALUES (1);", "what this does is not known to be safe"],
    [
      "CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM users WHERE 1; END;",
      "a trigger changes rows that the version before reads",
    ],
    ["DROP TRIGGER backup_users_made;", "a trigger is taken away: changes go by unseen"],
    ['CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT "begin"; END; DROP TABLE users;', "a table is taken away"],
    [
      "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT begin; END; DROP TABLE users; SELECT 1 end;",
      "what this trigger does is not known to be safe",
    ],
    ["PRAGMA foreign_keys=OFF;", "what this does is not known to be safe"],
    ["DROP VIEW seen;", "a view is taken away"],
  ])("may not: %s", (text, rule) => {
    expect(rulesOf(text)).toEqual([rule]);
  });

  it("may take away in a step of its own, once what runs knows the commit that it names", () => {
    const text = "-- contract: nothing reads users.image since 3f2a91c\nALTER TABLE users DROP COLUMN image;";
    const checked = [checkMigration("0099_test.sql", text)];
    expect(migrationFaults(checked, { isFirst: false, isKnownTo: (commit) => commit === "3f2a91c" })).toEqual([]);
    expect(migrationFaults(checked, { isFirst: false, isKnownTo: () => false })).toEqual([
      expect.stringContaining("does not know 3f2a91c yet"),
    ]);
  });
});

describe("the migrations of the project", () => {
  const names = readdirSync("migrations").filter((name) => name.endsWith(".sql"));
  const checked = names.map((name) => checkMigration(name, readFileSync(`migrations/${name}`, "utf8")));

  it("only add, but for those from before anything was deployed and for steps that say since when", () => {
    const taking = checked.filter(({ findings, contractSince }) => findings.length > 0 && contractSince === undefined);
    expect(taking.map(({ name }) => name)).toEqual(Object.keys(BEFORE_DEPLOYMENTS));
  });

  it("may all be applied to a new database, and what they take away to none that something runs on", () => {
    expect(migrationFaults(checked, { isFirst: true, isKnownTo: () => false })).toEqual([]);
    expect(migrationFaults(checked, { isFirst: false, isKnownTo: () => true }).length).toBeGreaterThan(0);
  });

  it("are read statement by statement, triggers whole", () => {
    const statements = names.flatMap((name) => statementsOf(readFileSync(`migrations/${name}`, "utf8")));
    const breakpoints = names.map((name) =>
      readFileSync(`migrations/${name}`, "utf8").split("--> statement-breakpoint"),
    );
    expect(statements.length).toBe(breakpoints.flat().filter((part) => part.trim() !== "").length);
  });
});

import { OwnNames } from "./own-names.ts";
import { statementsOf } from "./sql-statements.ts";

/**
 * Holds migrations to what may be done while the version before still runs, and may come back: the database only grows.
 * What takes something away is a migration of its own, marked by a line such as
 *
 *     -- contract: nothing reads users.image since 3f2a91c
 *
 * and may be applied once every version that could still run knows that commit.
 */
export interface MigrationFinding {
  readonly migration: string;
  readonly statement: string;
  readonly rule: string;
}

export interface CheckedMigration {
  readonly name: string;
  /** What the version before could not live with; empty for a migration that only adds. */
  readonly findings: readonly MigrationFinding[];
  /** The commit that this migration says to be known everywhere; undefined where it is not marked. */
  readonly contractSince: string | undefined;
}

/** Migrations from before there was anything deployed that could have run beside them. Nothing is added here any more. */
export const BEFORE_DEPLOYMENTS: Readonly<Record<string, string>> = {
  "0003_identity_vault_audit.sql": "moves sessions and passwords to tables of our own, before anything was deployed",
};

const CONTRACT = /^\s*-- contract: .+ since ([0-9a-f]{7,40})\s*$/m;

/** What a migration does that the version before might not live with. */
export function checkMigration(name: string, text: string): CheckedMigration {
  const statements = statementsOf(text);
  const own = new OwnNames(statements);
  const findings = statements.flatMap((statement) => {
    const rule = brokenRule(statement, own);
    own.see(statement);
    return rule === undefined ? [] : [{ migration: name, statement: shortened(statement), rule }];
  });
  return { name, findings, contractSince: CONTRACT.exec(text)?.[1] };
}

/**
 * Why these migrations may not be applied now; empty where they may. `isFirst`: nothing is deployed that could run beside.
 * `isKnownTo` says whether the version that runs now has a commit in its history.
 */
export function migrationFaults(
  pending: readonly CheckedMigration[],
  { isFirst, isKnownTo }: { readonly isFirst: boolean; readonly isKnownTo: (commit: string) => boolean },
): string[] {
  return pending.flatMap(({ name, findings, contractSince }) => {
    if (findings.length === 0 || (isFirst && BEFORE_DEPLOYMENTS[name] !== undefined)) return [];
    if (contractSince === undefined)
      return findings.map(({ rule, statement }) => `${name}: ${rule}, was: ${statement}`);
    if (isFirst || isKnownTo(contractSince)) return [];
    return [`${name}: takes away what the version that runs now may read: it does not know ${contractSince} yet`];
  });
}

type Rule = readonly [pattern: RegExp, rule: (match: RegExpExecArray, own: OwnNames) => string | undefined];

const fine = () => undefined;
const ofOwn = (words: string) => (match: RegExpExecArray, own: OwnNames) =>
  own.hasTable(match[1]) ? undefined : words;

/** The first pattern that a statement begins with decides. */
const RULES: readonly Rule[] = [
  [/^create (?:virtual )?table\b/i, fine],
  [/^create index\b/i, fine],
  [/^drop index\b/i, fine],
  [
    /^drop trigger (?:if exists )?(\w+)/i,
    ([, name], own) => (own.keepsTrigger(name) ? undefined : "a trigger is taken away: changes go by unseen"),
  ],
  [
    /^create unique index (?:if not exists )?\w+ on (\w+)/i,
    ofOwn("a new unique index refuses rows that are written now"),
  ],
  [
    /^create trigger\b(?=[\s\S]*\braise\s*\()/i,
    () => "a trigger that refuses rows refuses those of the version before",
  ],
  [/^create trigger\b[\s\S]*?\bbegin\b([\s\S]*)\bend$/i, triggerRule],
  [/^drop table (?:if exists )?(\w+)/i, ofOwn("a table is taken away")],
  [/^drop view\b/i, () => "a view is taken away"],
  [/^create view\b/i, fine],
  [/^alter table \w+ drop\b/i, () => "a column is taken away"],
  [/^alter table \w+ rename\b/i, () => "a name is taken away"],
  [/^alter table (\w+) add\b(?=[\s\S]*\bnot null\b)(?![\s\S]*\bdefault\b)/i, ofOwn("a new column must have a default")],
  [/^alter table \w+ add\b/i, fine],
  [/^insert (?:or \w+ )?into (\w+)/i, insertRule],
  [/^update (\w+) set ([\s\S]+)$/i, updateRule],
  [/^delete from (\w+)/i, ofOwn("rows are taken away")],
  [/^pragma (?:defer_foreign_keys|optimize)\b/i, fine],
];

function brokenRule(statement: string, own: OwnNames): string | undefined {
  for (const [pattern, rule] of RULES) {
    const match = pattern.exec(statement);
    if (match !== null) return rule(match, own);
  }
  return "what this does is not known to be safe";
}

const CHANGED = "values are changed that the version before reads";
/** Where the triggers of the backup write down what changed. */
const CHANGES_OF_BACKUP = "backup_changes";

function updateRule(match: RegExpExecArray, own: OwnNames): string | undefined {
  const [, table, rest = ""] = match;
  if (own.hasTable(table)) return undefined;
  // Behind a subquery, or within names in brackets, what is assigned cannot be told by patterns.
  if (/\bselect\b/i.test(rest) || /(?:^|,)\s*\(/.test(rest)) return CHANGED;
  const assigned = [...(rest.split(/\bwhere\b/i)[0] ?? "").matchAll(/(?:^|,)\s*(\w+)\s*=/g)];
  const names = assigned.map(([, name = ""]) => name);
  return names.length > 0 && own.hasColumns(table, names) ? undefined : CHANGED;
}

function insertRule({ input, 1: table }: RegExpExecArray, own: OwnNames): string | undefined {
  const replaces = /^insert or replace\b|\bon conflict\b[\s\S]*\bdo update\b/i.test(input);
  return replaces && !own.hasTable(table) ? CHANGED : undefined;
}

/** A trigger runs with what the version before writes: all that it may do is to write into tables of its own, and to tell the backup. */
function triggerRule([, body = ""]: RegExpExecArray, own: OwnNames): string | undefined {
  for (const statement of body.split(";").map((part) => part.trim())) {
    if (statement === "" || /^select\b/i.test(statement)) continue;
    const [, written, changed] =
      /^(?:insert (?:or \w+ )?into (\w+)|(?:update|delete from) (\w+))\b/i.exec(statement) ?? [];
    if (written === undefined && changed === undefined) return "what this trigger does is not known to be safe";
    const tellsBackup = written?.toLowerCase() === CHANGES_OF_BACKUP && /^insert into\b/i.test(statement);
    const isFine = own.hasTable(written ?? changed) || (tellsBackup && !/\bon conflict\b/i.test(statement));
    if (!isFine) return "a trigger changes rows that the version before reads";
  }
  return undefined;
}

function shortened(statement: string): string {
  return statement.length > 90 ? `${statement.slice(0, 90)}…` : statement;
}

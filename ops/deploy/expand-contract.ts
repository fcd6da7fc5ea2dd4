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

/** Tables and columns that a migration makes itself: nothing that runs knows them. */
class OwnNames {
  private readonly tables = new Set<string>();
  private readonly columns = new Set<string>();

  constructor(statements: readonly string[]) {
    for (const statement of statements) {
      const table = /^create (?:virtual )?table (?:if not exists )?(\w+)/i.exec(statement)?.[1];
      if (table !== undefined) this.tables.add(table.toLowerCase());
      const added = /^alter table (\w+) add (?:column )?(\w+)/i.exec(statement);
      if (added !== null) this.columns.add(`${added[1]}.${added[2]}`.toLowerCase());
    }
  }

  hasTable(name: string | undefined): boolean {
    return this.tables.has((name ?? "").toLowerCase());
  }

  hasColumns(table: string | undefined, names: readonly string[]): boolean {
    return names.every((name) => this.columns.has(`${table}.${name}`.toLowerCase()));
  }
}

type Rule = readonly [pattern: RegExp, rule: (match: RegExpExecArray, own: OwnNames) => string | undefined];

const fine = () => undefined;
const ofOwn = (words: string) => (match: RegExpExecArray, own: OwnNames) =>
  own.hasTable(match[1]) ? undefined : words;

/** The first pattern that a statement begins with decides. */
const RULES: readonly Rule[] = [
  [/^create (?:virtual )?table\b/i, fine],
  [/^create index\b/i, fine],
  [/^drop (?:index|trigger)\b/i, fine],
  [
    /^create unique index (?:if not exists )?\w+ on (\w+)/i,
    ofOwn("a new unique index refuses rows that are written now"),
  ],
  [
    /^create trigger\b(?=[\s\S]*\braise\s*\()/i,
    () => "a trigger that refuses rows refuses those of the version before",
  ],
  [/^create trigger\b/i, fine],
  [/^drop table (?:if exists )?(\w+)/i, ofOwn("a table is taken away")],
  [/^drop view\b/i, () => "a view is taken away"],
  [/^create view\b/i, fine],
  [/^alter table \w+ drop\b/i, () => "a column is taken away"],
  [/^alter table \w+ rename\b/i, () => "a name is taken away"],
  [/^alter table (\w+) add\b(?=[\s\S]*\bnot null\b)(?![\s\S]*\bdefault\b)/i, ofOwn("a new column must have a default")],
  [/^alter table \w+ add\b/i, fine],
  [/^insert (?:or \w+ )?into\b/i, fine],
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

function updateRule(match: RegExpExecArray, own: OwnNames): string | undefined {
  const [, table, rest = ""] = match;
  const assigned = [...rest.split(/\bwhere\b/i)[0].matchAll(/(?:^|,)\s*(\w+)\s*=/g)].map(([, name = ""]) => name);
  if (own.hasTable(table) || (assigned.length > 0 && own.hasColumns(table, assigned))) return undefined;
  return "values are changed that the version before reads";
}

function shortened(statement: string): string {
  return statement.length > 90 ? `${statement.slice(0, 90)}…` : statement;
}

import { describe, expect, it } from "vitest";
import type { DashboardAccount, DashboardState } from "../../schema/wire/bot.ts";
import type { Connection } from "../../schema/wire/connection.ts";
import type { VenueStream } from "../../schema/wire/venue-stream.ts";
import { connectionStanding } from "./connection-standing.ts";

const ACCOUNTS = [
  { id: "a1", name: "One" },
  { id: "a2", name: "Two" },
];

function wordOf(
  connection: Partial<Pick<Connection, "state" | "line" | "accounts">>,
  told: Readonly<Record<string, Pick<DashboardAccount, "connection" | "silentSince">>> = {},
) {
  const known = { state: "working", line: null, accounts: ACCOUNTS, ...connection } as const;
  return connectionStanding(known, { accounts: told } as unknown as DashboardState);
}

const up = { connection: "connected", silentSince: null } as const;
const away = (silentSince: number) => ({ connection: "disconnected", silentSince }) as const;
const line = (state: VenueStream["state"], since: number | null = null) => ({ state, since, reason: "" });

describe("how a connection stands", () => {
  it("is what its accounts hear now, and not what its last test said", () => {
    expect(wordOf({}, { a1: up, a2: up }).word).toBe("Working");
    expect(wordOf({}, { a1: away(9), a2: away(7) })).toMatchObject({ word: "Does not answer", silentSince: 7 });
    expect(wordOf({}, { a1: up, a2: away(7) }).word).toBe("Does not answer");
    expect(wordOf({ state: "unreachable" }, { a1: up }).word).toBe("Working");
    expect(wordOf({}, { a1: { connection: "reconciling", silentSince: null } }).word).toBe("Connecting");
  });

  it("is what the last test said where no account asks the venue", () => {
    expect(wordOf({ accounts: [] }, { a1: up }).word).toBe("Answered");
    expect(wordOf({ accounts: [], state: "unreachable" }).word).toBe("Not reached");
  });

  it("is of a terminal how its line stands, with or without accounts", () => {
    expect(wordOf({ line: line("live"), accounts: [] }).word).toBe("Working");
    expect(wordOf({ line: line("reconnecting", 5) }, { a1: up })).toMatchObject({ word: "Away", silentSince: 5 });
    expect(wordOf({ line: line("polled") }).word).toBe("Away");
    expect(wordOf({ line: line("live") }, { a1: away(3) }).word).toBe("Does not answer");
  });

  it("is that a key is refused or a terminal waited for, whatever else is known", () => {
    expect(wordOf({ state: "refused" }, { a1: up }).word).toBe("Refused");
    expect(wordOf({ state: "waiting", line: line("reconnecting") }).word).toBe("Waiting");
  });
});

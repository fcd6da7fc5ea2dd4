import { describe, expect, test } from "vitest";
import type { KillResult, KillSwitch } from "../../schema/wire/trading.ts";
import { ApiError, offlineError } from "../api/api-error.ts";
import { LiveAskError } from "../api/live-channel.ts";
import { API_ALONE_MS, API_MS_MAX, type KillWays, throwKill } from "./throw-kill.ts";

const KILL: KillSwitch = { scope: { kind: "user" }, flatten: true };
const STOPPED: KillResult = { accounts: [{ accountId: "a1", cancelling: 2 }], unreached: ["a2"] };
const KILLED = JSON.stringify({ type: "killed", id: "k1", ...STOPPED });
/** The late answer to a switch that was thrown before. */
const LATE = JSON.stringify({ type: "killed", id: "k0", accounts: [], unreached: [] });

const never = () => new Promise<never>(() => undefined);

/** Ways that keep what went over the socket; its server says `frames` one after another, or nothing. */
function ways(parts: Partial<KillWays>, frames: readonly string[] = [KILLED]) {
  const said: unknown[] = [];
  const all: KillWays = {
    post: async () => STOPPED,
    async ask(message, read) {
      said.push(message);
      for (const frame of frames) {
        const answer = read(frame);
        if (answer !== undefined) return answer;
      }
      throw new LiveAskError("silent", "no answer");
    },
    wait: never,
    newId: () => "k1",
    ...parts,
  };
  return { said, all };
}

function fails(status: number, code = "internal") {
  return async () => {
    throw status === 0
      ? offlineError()
      : new ApiError({ status, code, title: "Refused", detail: "You may look only." });
  };
}

describe("the kill switch and its two ways", () => {
  test("where the API answers, nothing goes over the socket", async () => {
    const { said, all } = ways({});
    expect(await throwKill(KILL, all)).toEqual({ result: STOPPED, way: "api" });
    expect(said).toEqual([]);
  });

  test.each([0, 429, 500, 503])(
    "where the API fails with %i, the open socket is told, and its answer found among other frames",
    async (status) => {
      const frames = ['{"type":"delta","from":1,"sequence":2,"change":{}}', "pong", LATE, KILLED];
      const { said, all } = ways({ post: fails(status) }, frames);
      expect(await throwKill(KILL, all)).toEqual({ result: STOPPED, way: "socket" });
      expect(said).toEqual([{ type: "kill", id: "k1", scope: { kind: "user" }, flatten: true }]);
    },
  );

  test("where the API hangs, the socket is told after two seconds, and the first answer counts", async () => {
    const waited: number[] = [];
    const wait = (delayMs: number) => {
      waited.push(delayMs);
      return delayMs === API_ALONE_MS ? Promise.resolve() : never();
    };
    const { all } = ways({ post: never, wait });
    expect(await throwKill(KILL, all)).toMatchObject({ way: "socket" });
    expect(waited[0]).toBe(API_ALONE_MS);
    const late = ways({ post: async () => STOPPED, wait, ask: never });
    expect(await throwKill(KILL, late.all)).toMatchObject({ way: "api" });
  });

  test("where the API hangs for good and the socket is away, it says so once the API had its time", async () => {
    const waited: number[] = [];
    const wait = async (delayMs: number) => void waited.push(delayMs);
    await expect(throwKill(KILL, ways({ post: never, wait }, []).all)).rejects.toThrow("Nothing acknowledged it");
    expect(waited.reduce((sum, delayMs) => sum + delayMs, 0)).toBe(API_MS_MAX);
  });

  test("a refusal of the API is told as it is and not gone around", async () => {
    const { said, all } = ways({ post: fails(403, "forbidden") });
    await expect(throwKill(KILL, all)).rejects.toThrow("You may look only.");
    expect(said).toEqual([]);
  });

  test("where both ways are silent, it says that orders may still be sent", async () => {
    const { all } = ways({ post: fails(0) }, []);
    await expect(throwKill(KILL, all)).rejects.toThrow("Orders may still be sent. Try again.");
  });

  test("what the socket refuses is told in its words, and that trading may go on", async () => {
    const ask = async () => {
      throw new LiveAskError("refused", "None of the accounts that report here is meant.");
    };
    await expect(throwKill(KILL, ways({ post: fails(503), ask }).all)).rejects.toThrow(
      /it said: None of the accounts that report here is meant\. Orders may still be sent\.$/,
    );
  });
});

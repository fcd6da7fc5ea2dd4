import { describe, expect, it } from "vitest";
import { readStartOptions } from "./start-options.ts";
import { terminalPort } from "./terminal-port.ts";

const without = (...taken: number[]) => ({
  isFree: async (port: number) => !taken.includes(port),
  any: async () => 41_000,
});

describe("the port that terminals dial", () => {
  it("is the same with each start of the server, so that a terminal finds it again", async () => {
    expect(await terminalPort(undefined, without())).toEqual({ port: 8_443 });
  });

  it("is the one that was asked for, and any that is free for 0", async () => {
    expect(await terminalPort(9_443, without(8_443))).toEqual({ port: 9_443 });
    expect(await terminalPort(0, without())).toEqual({ port: 41_000 });
  });

  it("is another one, and that is said, where a program listens on the usual one", async () => {
    const { port, notice } = await terminalPort(undefined, without(8_443));
    expect(port).toBe(41_000);
    expect(notice).toMatch(/dial port 41000: 8443 is taken.+--terminal-port/);
  });

  it("is not quietly another than was asked for", async () => {
    await expect(terminalPort(9_443, without(9_443))).rejects.toThrow("--terminal-port must be free, was 9443");
  });

  it("is an option of a server with a sidecar", () => {
    expect(readStartOptions(["--sidecar"], "start")).toMatchObject({ terminalPort: undefined });
    expect(readStartOptions(["--sidecar", "--terminal-port", "9443"], "start")).toMatchObject({ terminalPort: 9_443 });
    for (const argv of [
      ["--terminal-port", "9443"],
      ["--sidecar", "--terminal-port", "x"],
    ]) {
      expect(readStartOptions(argv, "start")).toEqual({ wrong: expect.stringMatching(/^--terminal-port must/) });
    }
  });
});

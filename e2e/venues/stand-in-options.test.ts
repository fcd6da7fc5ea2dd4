import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { readStandInOptions, STAND_IN_HELP } from "./stand-in-options.ts";
import { VENUES } from "./venues.ts";

const KEY = ["--dial", "bridge.example.org:8443", "--key-id", "con_1", "--secret", "a secret of nobody"];

describe("the options of a stand-in", () => {
  it("are a venue and any port that is free where nothing else is said", () => {
    for (const venue of Object.keys(VENUES)) {
      expect(readStandInOptions([venue])).toEqual({
        venue,
        port: 0,
        isAlwaysOpen: false,
        canWithdraw: false,
        terminal: undefined,
      });
    }
  });

  it("are the port, and of a terminal what it dials and by which key", () => {
    expect(readStandInOptions(["mt5", "--port", "9105", ...KEY])).toEqual({
      ...{ venue: "mt5", port: 9_105, isAlwaysOpen: false, canWithdraw: false },
      terminal: { host: "bridge.example.org", port: 8_443, keyId: "con_1", secret: "a secret of nobody" },
    });
  });

  it("open the hours of the one that has some", () => {
    expect(readStandInOptions(["xts", "--always-open"])).toMatchObject({ venue: "xts", isAlwaysOpen: true });
  });

  it("let the keys withdraw of the one that says what they may do", () => {
    expect(readStandInOptions(["binance", "--can-withdraw"])).toMatchObject({ venue: "binance", canWithdraw: true });
  });

  it("that are asked for are told, each of them, with every venue", () => {
    for (const argv of [["--help"], ["-h"], ["binance", "--help"]]) expect(readStandInOptions(argv)).toBe("help");
    for (const word of [
      ...Object.keys(VENUES),
      "--port",
      "--always-open",
      "--can-withdraw",
      "--dial",
      "--key-id",
      "--secret",
    ]) {
      expect(STAND_IN_HELP).toContain(word);
    }
  });

  it.each([
    [[], /^VENUE must be one of alpaca, .+, was left out\n/],
    [["nasdaq"], /^VENUE must be one of alpaca, .+, was nasdaq\n/],
    [["binance", "alpaca"], /^VENUE must be one of alpaca, .+, was binance alpaca\n/],
    [["binance", "--speed", "9"], /'--speed'/],
    [["binance", "--port"], /'--port <value>' argument missing/],
    [["binance", "--port", "--dial"], /'--port'? .*ambiguous/],
    [["binance", "--port", "65536"], /^--port must be a whole number from 0 to 65535, was 65536\n/],
    [["binance", "--port", "80a"], /^--port must be .+, was 80a\n/],
    [["binance", "--port", ""], /^--port must be .+, was empty\n/],
    [["binance", "--port=-1"], /^--port must be .+, was -1\n/],
    [["oanda", "--always-open"], /^--always-open must be left out for oanda: only xts has hours\n/],
    [["alpaca", "--can-withdraw"], /^--can-withdraw must be left out for alpaca: only binance tells what its keys/],
    [["binance", "--secret", "x"], /^--secret must be left out for binance: only mt5 dials\n/],
    [["mt5", ...KEY.slice(2)], /^--dial must be host and port such as 127.0.0.1:8443, was left out\n/],
    [["mt5", "--dial", "8443", ...KEY.slice(2)], /^--dial must be .+, was 8443\n/],
    [["mt5", "--dial", "host:0", ...KEY.slice(2)], /^--dial's port must be .+ from 1 to 65535, was 0\n/],
    [["mt5", ...KEY.slice(0, 2), ...KEY.slice(4)], /^--key-id must be .+, was left out\n/],
    [["mt5", ...KEY.slice(0, 4)], /^--secret must be .+, was left out\n/],
  ])("that are wrong (%j) are answered with option, rule and value, and where they are listed", (argv, told) => {
    const { wrong } = readStandInOptions(argv) as { wrong: string };
    expect(wrong).toMatch(told);
    expect(wrong.split("\n")).toEqual([expect.any(String), expect.stringMatching(/--help lists the options$/)]);
    expect(wrong).not.toContain("a secret of nobody");
  });

  it("name a port that is taken: it ends with that and 1, and without a stack", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const main = new URL("main.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [main, "binance", "--port", String(port)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const said = await text(child.stderr);
    taken.close();
    expect(said).toBe(`--port must be free, was ${port}, which a program listens on already\n`);
    expect(await exit).toBe(1);
  });

  it("show no key of a terminal: the page makes it, and what was given stays out of logs", async () => {
    const main = new URL("main.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [main, "mt5", "--dial", "127.0.0.1:1", ...KEY.slice(2)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      lines.push(chunk);
      if (lines.join("").includes("server: ")) break;
    }
    child.kill("SIGKILL");
    expect(lines.join("")).toContain("login: 5012345");
    expect(lines.join("")).not.toMatch(/secret|keyId/);
  });
});

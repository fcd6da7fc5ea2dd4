import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freePort, isPortFree } from "./free-port.ts";
import { localSecrets } from "./local-secrets.ts";
import { readStartOptions } from "./start-options.ts";

describe("the options of the local server", () => {
  it("are port 8787 and the state of this checkout where nothing is said", () => {
    expect(readStartOptions([], "start")).toMatchObject({ mode: "start", port: 8787, standInsAlwaysOpen: false });
  });

  it("let stand-ins trade at any hour where that is asked for", () => {
    expect(readStartOptions(["--always-open"], "start")).toMatchObject({ standInsAlwaysOpen: true });
  });

  it.each([
    ["--port", "0"],
    ["--port", "65535"],
    ["--port", "80a"],
    ["--port"],
    ["--speed", "9"],
    ["--log", "loud"],
    ["9000"],
  ])("that are not understood (%s %s) are answered with one clear line", (...argv) => {
    expect(readStartOptions(argv, "start")).toEqual({ wrong: expect.stringMatching(/must be|lists the options/) });
  });
});

describe("stand-ins that trade at any hour", () => {
  it("are known to no file of the Worker but the entrances of this machine, which are never deployed", () => {
    const files = readdirSync("workers", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
    const naming = files.filter((path) => readFileSync(`workers/${path}`, "utf8").includes("stand-in-hours"));
    const places = naming.filter((path) => !path.startsWith("brokers/testing/"));
    expect(places.sort()).toEqual(["drill.ts", "local.ts"]);
    expect(readFileSync("wrangler.toml", "utf8")).toMatch(/^main = "workers\/index\.ts"$/m);
    expect(readFileSync("workers/index.ts", "utf8")).not.toMatch(/local\.ts|drill\.ts/);
  });
});

describe("a port", () => {
  it("is taken while a program listens on it, and free when it has gone", async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    expect(await isPortFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port)).toBe(true);
  });
});

describe("the secrets of the local server", () => {
  it("are made once, at random, and readable by their user alone", () => {
    const [here, there] = [0, 1].map(() => mkdtempSync(join(tmpdir(), "apextrade-")));
    const first = localSecrets(here);
    expect(localSecrets(here).secrets).toEqual(first.secrets);
    expect(localSecrets(there).secrets.AUTH_SECRET).not.toBe(first.secrets.AUTH_SECRET);
    expect(first.secrets.AUTH_SECRET.length).toBeGreaterThanOrEqual(32);
    expect(readFileSync(first.file, "utf8")).toContain("PASSWORD_PEPPER=");
    expect(statSync(first.file).mode & 0o077).toBe(0);
  });
});

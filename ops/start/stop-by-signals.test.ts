import { EventEmitter, once } from "node:events";
import { expect, it, vi } from "vitest";
import { startChild } from "./child-group.ts";
import { stopBySignals } from "./run-local-server.ts";

const SECRET = "a secret of the tests that is long enough";

it("a signal that comes twice, as Ctrl-C does under npm, does not end the server before it has stopped what it started", () => {
  const process = new EventEmitter();
  const stop = new AbortController();
  stopBySignals(process, stop);
  // What nobody listens to ends a process at once.
  expect([process.emit("SIGINT"), process.emit("SIGINT"), process.emit("SIGTERM")]).toEqual([true, true, true]);
  expect(stop.signal.aborted).toBe(true);
});

it("a sidecar ends with whoever started it, also where that is killed", async () => {
  const script = `
    import { startChild } from "./ops/start/child-group.ts";
    const env = { ...process.env, SIDECAR_SECRET: ${JSON.stringify(SECRET)}, SIDECAR_PORT: "0", SIDECAR_HOST: "127.0.0.1",
      SIDECAR_CALLBACKS: "ws://127.0.0.1:1", SIDECAR_DRAIN_MS: "50" };
    const child = startChild("it", [process.execPath, "sidecar/main.ts"], {
      env, channel: "ipc", onLine: (line) => console.log(JSON.stringify({ pid: child.process.pid, line })) });
  `;
  const told: string[] = [];
  const starter = startChild("starter", [process.execPath, "--input-type=module-typescript", "-e", script], {
    env: process.env,
    onLine: (line) => told.push(line),
  });
  await vi.waitFor(() => expect(told.join("")).toContain("listening"), { timeout: 30_000 });
  const { pid } = JSON.parse(told.find((line) => line.includes("listening")) ?? "{}") as { pid: number };
  try {
    expect(isThere(pid)).toBe(true);
    const ended = once(starter.process, "exit");
    starter.process.kill("SIGKILL");
    await ended;
    await vi.waitFor(() => expect(isThere(pid)).toBe(false), { timeout: 20_000 });
  } finally {
    if (isThere(pid)) process.kill(pid, "SIGKILL");
  }
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

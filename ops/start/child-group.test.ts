import { expect, it } from "vitest";
import { startChild } from "./child-group.ts";

it("a program's output is all there once it has ended, also a last line without an end", async () => {
  const lines: string[] = [];
  const script = 'process.stdout.write("x\\n".repeat(50000) + "last")';
  const child = startChild("it", [process.execPath, "-e", script], { env: {}, onLine: (line) => lines.push(line) });
  expect(await child.ended).toBe(0);
  expect(lines).toHaveLength(50_001);
  expect(lines.at(-1)).toBe("last");
});

it("a program's end is not waited for as long as a child of its own holds its output", async () => {
  const script = 'require("child_process").spawn("sleep", ["30"], { stdio: "inherit" }).unref(); process.exit(3)';
  const child = startChild("it", [process.execPath, "-e", script], {
    env: { PATH: process.env.PATH },
    onLine: () => undefined,
  });
  expect(await child.ended).toBe(3);
  process.kill(-(child.process.pid ?? 0), "SIGKILL");
});

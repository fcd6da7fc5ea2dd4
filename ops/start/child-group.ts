import { type ChildProcess, spawn } from "node:child_process";

// Time for workerd to write its state; after it the group is killed.
const STOP_GRACE_MS = 4_000;

export interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** Resolves with the exit code; 1 where a signal ended it. */
  readonly ended: Promise<number>;
  /** The last output, for when it fails. */
  tail(): string;
}

/** Starts a program as the leader of its own process group, so that it can be stopped with all its children. */
export function startChild(
  name: string,
  command: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly onLine: (line: string) => void; readonly stdin?: "pipe" },
): Child {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    env: options.env,
    stdio: [options.stdin ?? "ignore", "pipe", "pipe"],
    detached: true,
  });
  const lines: string[] = [];
  const take = (line: string) => {
    lines.push(line);
    if (lines.length > 60) lines.shift();
    options.onLine(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) take(part);
    });
  }
  const ended = new Promise<number>((resolve) => {
    child.once("error", (error) => {
      take(String(error));
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
  return { name, process: child, ended, tail: () => lines.join("\n") };
}

/** Ends a child and everything that it started, by force where it does not go by itself. */
export async function stopChild(child: Child): Promise<void> {
  signalGroup(child, "SIGTERM");
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_GRACE_MS);
  await child.ended;
  clearTimeout(timer);
  // Grandchildren may outlive their parent; the group still carries its id.
  signalGroup(child, "SIGKILL");
}

function signalGroup(child: Child, signal: NodeJS.Signals): void {
  if (child.process.pid === undefined) return;
  try {
    process.kill(-child.process.pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}

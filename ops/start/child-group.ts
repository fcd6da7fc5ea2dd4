import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import type { Readable } from "node:stream";

// Time for workerd to write its state; after it the group is killed.
const STOP_GRACE_MS = 4_000;
// Output still comes after a program's end; its children may hold the pipe for as long as they like.
const OUTPUT_GRACE_MS = 2_000;

export interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** Resolves with the exit code, once all output was taken; 1 where a signal ended it. */
  readonly ended: Promise<number>;
  /** The last output, for when it fails. */
  tail(): string;
}

export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  readonly stdin?: "pipe";
  /** Gives a program of Node a channel to this process: it hears its end by it, however that comes. */
  readonly channel?: "ipc";
}

/** Starts a program as the leader of its own process group, so that it can be stopped with all its children. */
export function startChild(name: string, command: readonly string[], options: ChildOptions): Child {
  const [program = "", ...args] = command;
  const { env, stdin = "ignore", channel } = options;
  const stdio: StdioOptions = [stdin, "pipe", "pipe", ...(channel === undefined ? [] : [channel])];
  const child = spawn(program, args, { env, stdio, detached: true });
  const lines: string[] = [];
  const take = (line: string) => {
    lines.push(line);
    if (lines.length > 60) lines.shift();
    options.onLine(line);
  };
  const flushes = [child.stdout, child.stderr].map((stream) => takeLines(stream, take));
  const ended = new Promise<number>((resolve) => {
    const end = (code: number) => {
      for (const flush of flushes) flush();
      resolve(code);
    };
    child.once("error", (error) => {
      take(String(error));
      end(1);
    });
    let timer: NodeJS.Timeout | undefined;
    child.once("exit", (code) => {
      timer = setTimeout(() => end(code ?? 1), OUTPUT_GRACE_MS);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      end(code ?? 1);
    });
  });
  return { name, process: child, ended, tail: () => lines.join("\n") };
}

/** Hands on whole lines; answers what hands on the last one, which may have no end. */
function takeLines(stream: Readable | null, take: (line: string) => void): () => void {
  let rest = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) take(part);
  });
  return () => {
    if (rest !== "") take(rest);
    rest = "";
  };
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

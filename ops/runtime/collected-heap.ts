/** What a program of an isolate holds once all garbage is collected, bytes. */
export interface CollectedHeap {
  readonly used: number;
  /** What the isolate's heap takes of the machine's memory. */
  readonly total: number;
}

interface Target {
  readonly id: string;
  readonly webSocketDebuggerUrl: string;
}

/** An isolate that rests may not notice that it is asked; the next one that asks wakes it. */
const ANSWER_MS_MAX = 3_000;
const ATTEMPTS = 5;

/** Isolates of the Worker; all others are those of the tools that stand for the platform. */
const OWN = "core:user:";

/**
 * Collects the garbage of every isolate that an inspector at this port knows and that is awake, and says what is left of the
 * Worker's. Nobody else does where a machine has memory to spare, and garbage of a few bytes may hold buffers of many.
 */
export async function collectedHeap(port: number): Promise<CollectedHeap> {
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as Target[];
  const heap = { used: 0, total: 0 };
  const looks = targets.map(async ({ id, webSocketDebuggerUrl }) => {
    // Those that rest do not answer, and have made no garbage.
    if (!id.startsWith(OWN)) return void (await collected(webSocketDebuggerUrl).catch(() => undefined));
    const { usedSize, totalSize } = await patiently(webSocketDebuggerUrl);
    heap.used += usedSize;
    heap.total += totalSize;
  });
  await Promise.all(looks);
  return heap;
}

async function patiently(address: string): ReturnType<typeof collected> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await collected(address);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

function collected(address: string): Promise<{ usedSize: number; totalSize: number }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    const timer = setTimeout(() => {
      socket.close();
      reject(new Error(`the inspector did not answer at ${address}`));
    }, ANSWER_MS_MAX);
    const ask = (id: number, method: string) => socket.send(JSON.stringify({ id, method }));
    socket.addEventListener("open", () => ask(1, "HeapProfiler.collectGarbage"));
    socket.addEventListener("error", () => reject(new Error(`the inspector could not be reached at ${address}`)));
    socket.addEventListener("message", ({ data }) => {
      const { id, result, error } = JSON.parse(String(data)) as { id?: number; result?: never; error?: unknown };
      if (error !== undefined) reject(new Error(`the inspector refused: ${JSON.stringify(error)}`));
      if (id === 1) ask(2, "Runtime.getHeapUsage");
      if (id !== 2 || result === undefined) return;
      clearTimeout(timer);
      socket.close();
      resolve(result);
    });
  });
}

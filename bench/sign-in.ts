import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../ops/start/free-port.ts";

/** As many people sign in at once. */
const AT_ONCE = 10;
const ROUNDS = 20;
const BUDGET_P95_MS = 400;
const READY_MS_MAX = 180_000;
const PASSWORD = "quiet lantern over 9 rivers";

/**
 * Times sign-ins with a password in workerd, one after the other and ten at once, and tells what ten at once add to the
 * memory of the runtime: each hash takes 19 MiB inside a WebAssembly memory of 65 MB, and an isolate has 128 MB.
 */
export async function benchSignIn(): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), "apextrade-bench-"));
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const server = spawn(process.execPath, ["ops/start.ts", "--port", String(port), "--state", state], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  try {
    await ready(server.stdout);
    const people = Array.from({ length: AT_ONCE }, (_, index) => `person${index}@example.org`);
    for (const email of people) await makeAccount(origin, email);
    await signIn(origin, people[0]);
    const runtime = runtimeOf(server.pid ?? 0);
    const before = residentMb(runtime);
    const alone: number[] = [];
    for (let round = 0; round < ROUNDS * 2; round++) alone.push(await signIn(origin, people[round % AT_ONCE]));
    const afterAlone = residentMb(runtime);
    const together: number[] = [];
    let peak = afterAlone;
    for (let round = 0; round < ROUNDS; round++) {
      const sampling = setInterval(() => {
        peak = Math.max(peak, residentMb(runtime));
      }, 2);
      together.push(...(await Promise.all(people.map((email) => signIn(origin, email)))));
      clearInterval(sampling);
    }
    console.log("\nSign-in with a password in workerd");
    print("one after the other", alone);
    print(`${AT_ONCE} at once`, together);
    console.log(
      `  memory of the runtime: ${before} MB, after ${alone.length} ${afterAlone} MB, peak of ten at once ${peak} MB`,
    );
  } finally {
    server.kill("SIGINT");
    await new Promise((done) => server.once("exit", done));
    rmSync(state, { recursive: true, force: true });
  }
}

function print(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(0);
  console.log(
    `  ${name.padEnd(20)} p50 ${at(0.5)} ms, p95 ${at(0.95)} ms (budget ${BUDGET_P95_MS}), ${times.length} sign-ins`,
  );
}

async function makeAccount(origin: string, email: string): Promise<void> {
  await post(origin, "/api/auth/sign-up/email", { email, name: "Bench", password: PASSWORD });
  const deadline = performance.now() + READY_MS_MAX;
  for (;;) {
    const { rows } = (await (await fetch(`${origin}/dev/mail.json`)).json()) as {
      rows: { to: string; text: string }[];
    };
    const token = /#token=(\S+)/.exec(rows.find(({ to }) => to === email)?.text ?? "")?.[1];
    if (token !== undefined) return post(origin, "/api/auth/verify-email", { token, password: PASSWORD });
    if (performance.now() > deadline) throw new Error(`no letter came for ${email}`);
  }
}

async function signIn(origin: string, email: string): Promise<number> {
  const started = performance.now();
  await post(origin, "/api/auth/sign-in/email", { email, password: PASSWORD });
  return performance.now() - started;
}

async function post(origin: string, path: string, body: unknown): Promise<void> {
  const headers = { "content-type": "application/json", origin };
  const reply = await fetch(`${origin}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  await reply.arrayBuffer();
}

/** The workerd process that a server started, which is the one of its descendants that has the most memory. */
function runtimeOf(ancestor: number): number {
  const processes = readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      return [{ id: Number(name), parent: Number(fields[1]), name: readFileSync(`/proc/${name}/comm`, "utf8").trim() }];
    } catch {
      return [];
    }
  });
  const parents = new Map(processes.map(({ id, parent }) => [id, parent]));
  const descends = (id: number): boolean => id === ancestor || (id > 1 && descends(parents.get(id) ?? 0));
  const runtimes = processes.filter((one) => one.name.startsWith("workerd") && descends(one.id));
  return runtimes.toSorted((left, right) => residentMb(right.id) - residentMb(left.id))[0]?.id ?? 0;
}

function residentMb(id: number): number {
  const [, kib = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8")) ?? [];
  return Math.round(Number(kib) / 1024);
}

function ready(output: NodeJS.ReadableStream | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the server did not start")), READY_MS_MAX);
    output?.on("data", (chunk: Buffer) => {
      if (!chunk.toString().includes("ApexTrade is ready")) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

if (import.meta.main) await benchSignIn();

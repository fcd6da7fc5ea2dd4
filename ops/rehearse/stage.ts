import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Child, startChild, stopChild } from "../start/child-group.ts";
import { freePort } from "../start/free-port.ts";
import { localEnvironment } from "../start/local-environment.ts";
import { localSecrets } from "../start/local-secrets.ts";
import { DEMO_SEEDED } from "../start/seed-demo.ts";
import { LocalAdmin } from "./local-admin.ts";
import { PrometheusApi } from "./prometheus-api.ts";
import { rehearsedConfiguration, shortenedRules } from "./shortened.ts";

// The first start builds the pages, compiles the Worker and makes the demo's runs.
const READY_MS = 180_000;
const PROGRAMS = ["prometheus", "prometheus-blackbox-exporter", "openssl"];

/** Programs that the rehearsal needs and this machine does not have. */
export function missingPrograms(): string[] {
  return PROGRAMS.filter((program) => {
    try {
      execFileSync("which", [program], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
}

/** A whole deployment on this machine, with what watches over it. */
export class Stage {
  private readonly children: Child[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), "apextrade-rehearsal-"));
  private tls: Server | undefined;
  private readonly port: number;
  readonly origin: string;
  private server: Child | undefined;
  private made: { readonly prometheus: PrometheusApi; readonly admin: LocalAdmin; readonly token: string } | undefined;

  constructor(port: number) {
    this.port = port;
    this.origin = `http://127.0.0.1:${port}`;
  }

  get prometheus(): PrometheusApi {
    return this.parts().prometheus;
  }

  get admin(): LocalAdmin {
    return this.parts().admin;
  }

  private parts() {
    if (this.made === undefined) throw new Error("the stage is not set yet");
    return this.made;
  }

  /** Starts everything and waits until it answers. */
  async begin(): Promise<void> {
    const state = join(this.directory, "state");
    const { secrets } = localSecrets(state);
    const tokenFile = join(this.directory, "metrics-token");
    writeFileSync(tokenFile, secrets.METRICS_TOKEN, { mode: 0o600 });
    this.server = this.start("The server", [
      ...[process.execPath, "ops/start.ts", "--port", String(this.port), "--state", state],
    ]);
    const exporter = await this.startExporter();
    const certificate = await this.startTls();
    const ports = { prometheus: await freePort() };
    await this.waitFor("the server", () => isOk(`${this.origin}/health/ready`));
    this.startPrometheus(ports.prometheus, { target: `127.0.0.1:${this.port}`, tokenFile, certificate, exporter });
    const prometheus = new PrometheusApi(`http://127.0.0.1:${ports.prometheus}`);
    await this.waitFor("Prometheus", () => prometheus.isReady());
    // The demo's bots are made behind the first answer.
    await this.waitFor("the demo", async () => readdirSync(state).includes(DEMO_SEEDED));
    const admin = new LocalAdmin(this.origin, secrets);
    await admin.begin();
    this.made = { prometheus, admin, token: secrets.METRICS_TOKEN };
  }

  private start(name: string, command: readonly string[]): Child {
    const child = startChild(name, command, { env: localEnvironment(), onLine: () => undefined });
    this.children.push(child);
    return child;
  }

  private startPrometheus(port: number, deployment: Parameters<typeof rehearsedConfiguration>[1]): void {
    const rules = join(this.directory, "rules");
    mkdirSync(rules);
    writeFileSync(
      join(rules, "apextrade.yml"),
      shortenedRules(readFileSync("ops/prometheus/rules/apextrade.yml", "utf8")),
    );
    const file = join(this.directory, "prometheus.yml");
    writeFileSync(file, rehearsedConfiguration(readFileSync("ops/prometheus/prometheus.yml", "utf8"), deployment));
    const data = join(this.directory, "data");
    const flags = [`--config.file=${file}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`];
    this.start("Prometheus", ["prometheus", ...flags]);
  }

  private async startExporter(): Promise<string> {
    const address = `127.0.0.1:${await freePort()}`;
    const file = join(this.directory, "blackbox.yml");
    // The certificate of the rehearsal is signed by nobody.
    const modules = readFileSync(resolve("ops/blackbox/blackbox.yml"), "utf8");
    writeFileSync(
      file,
      modules.replace("method: GET", "method: GET\n      tls_config:\n        insecure_skip_verify: true"),
    );
    this.start("The exporter", [
      "prometheus-blackbox-exporter",
      `--config.file=${file}`,
      `--web.listen-address=${address}`,
    ]);
    return address;
  }

  private async startTls(): Promise<string> {
    const port = await freePort();
    this.tls = createServer(this.certificate(90), (_request, reply) => void reply.end("ok"));
    await new Promise<void>((done) => this.tls?.listen(port, "127.0.0.1", done));
    return `https://127.0.0.1:${port}/`;
  }

  private certificate(days: number): { readonly key: string; readonly cert: string } {
    const [key, cert] = [join(this.directory, "key.pem"), join(this.directory, "cert.pem")];
    const subject = ["-subj", "/CN=127.0.0.1", "-days", String(days)];
    const made = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", ...made, ...subject], { stdio: "ignore" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  }

  /** Shows a certificate that is good for so long from now on. */
  setCertificate(days: number): void {
    this.tls?.setSecureContext(this.certificate(days));
  }

  /** Sends a fault to the local server; see `local-faults.ts`. What it answers is part of the fault. */
  async fault(body: Readonly<Record<string, unknown>>): Promise<number> {
    const headers = { Authorization: `Bearer ${this.parts().token}`, "Content-Type": "application/json" };
    const reply = await fetch(`${this.origin}/dev/faults`, { method: "POST", headers, body: JSON.stringify(body) });
    await reply.arrayBuffer();
    return reply.status;
  }

  /** Lets the minute's clock run now. */
  async tickCron(): Promise<void> {
    await fetch(`${this.origin}/cdn-cgi/local/scheduled?cron=${encodeURIComponent("* * * * *")}`);
  }

  /** Stops every process of the deployment in its tracks, or lets them go on. */
  freeze(frozen: boolean): void {
    const root = this.server?.process.pid;
    for (const pid of root === undefined ? [] : descendants(root)) process.kill(pid, frozen ? "SIGSTOP" : "SIGCONT");
  }

  async waitFor(what: string, isSo: () => Promise<boolean>, withinMs = READY_MS): Promise<number> {
    const from = Date.now();
    while (!(await isSo())) {
      const broken = this.children.find((child) => child.process.exitCode !== null);
      if (broken !== undefined) throw new Error(`${broken.name} ended:\n${broken.tail()}`);
      if (Date.now() - from > withinMs) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
      await wait(250);
    }
    return Date.now() - from;
  }

  async end(): Promise<void> {
    this.freeze(false);
    this.tls?.closeAllConnections();
    this.tls?.close();
    await Promise.all(this.children.map(stopChild));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function isOk(url: string): Promise<boolean> {
  return fetch(url).then(
    (reply) => reply.ok,
    () => false,
  );
}

/** A process and everything that it started, as Linux lists them. */
function descendants(root: number): number[] {
  const parents = readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      return [[Number(name), Number(parent)] as const];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
  const found = [root];
  for (const one of found) found.push(...parents.filter(([, parent]) => parent === one).map(([pid]) => pid));
  return found;
}

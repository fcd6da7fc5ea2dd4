import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { readAlertNames } from "../stop/alert-names.ts";

const RULES = "ops/prometheus/rules/apextrade.yml";
const CERTIFICATE_DAYS = 90;

/** What a deployment asks besides the platform, on this machine: nothing of it says anything of the world. */
export interface Outside {
  /** Npm's registry, which knows no advisory; GitHub, where every check succeeded; a Prometheus in which nothing rings. */
  readonly origin: string;
  /** Where messages are taken, and the file that they stand in. */
  readonly notifyUrl: string;
  readonly noticesFile: string;
  readonly certificate: { readonly address: string; readonly authority: string };
  close(): Promise<void>;
}

export async function openOutside(folder: string): Promise<Outside> {
  mkdirSync(folder, { recursive: true });
  const noticesFile = join(folder, "notices.jsonl");
  const server = createServer((request, reply) => {
    void answer(request, noticesFile).then(
      (body) => reply.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body)),
      () => reply.writeHead(500).end(),
    );
  });
  const pair = certificateOf(folder);
  const tls = createTlsServer(pair, (_request, reply) => void reply.end("ok"));
  const port = await listening(server);
  const tlsPort = await listening(tls);
  const origin = `http://127.0.0.1:${port}`;
  return {
    ...{ origin, notifyUrl: `${origin}/notify`, noticesFile },
    certificate: { address: `https://localhost:${tlsPort}`, authority: pair.cert },
    close: async () => {
      for (const one of [server, tls]) {
        one.closeAllConnections();
        await new Promise((done) => one.close(done));
      }
    },
  };
}

async function answer(request: IncomingMessage, noticesFile: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = request.url ?? "";
  if (path.startsWith("/-/npm/v1/security/")) return {};
  if (path.includes("/check-runs")) return { check_runs: [{ status: "completed", conclusion: "success" }] };
  if (path.startsWith("/api/v1/rules")) {
    const rules = readAlertNames(readFileSync(RULES, "utf8")).map((name) => ({ name, state: "inactive", labels: {} }));
    return { status: "success", data: { groups: [{ name: "apextrade", rules }] } };
  }
  if (path === "/notify") appendFileSync(noticesFile, `${Buffer.concat(chunks).toString("utf8")}\n`);
  return {};
}

function listening(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "localhost", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

/** Signed by itself, for this machine. */
function certificateOf(folder: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", String(CERTIFICATE_DAYS)];
  execFileSync("openssl", ["req", "-x509", ...made, ...names], { stdio: "ignore" });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

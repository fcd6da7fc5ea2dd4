import { env } from "node:process";

/** Ends with 0 where the sidecar of this machine says that it is well: the image's health check. */
const PORT = Number(env.SIDECAR_PORT ?? 8080);
const REPLY_MS_MAX = 2_000;

try {
  const reply = await fetch(`http://127.0.0.1:${PORT}/health`, { signal: AbortSignal.timeout(REPLY_MS_MAX) });
  await reply.arrayBuffer();
  process.exitCode = reply.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}

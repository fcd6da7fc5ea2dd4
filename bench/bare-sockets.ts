import { createServer } from "node:http";
import { parentPort } from "node:worker_threads";
import { WebSocketServer } from "./web-sockets.ts";

/** The plainest server of sockets: whatever is published goes to all, and nobody is asked whether they read. */
const sockets = new WebSocketServer({ noServer: true });
const server = createServer((request, reply) => {
  const at = Number(new URL(request.url ?? "/", "http://bare").searchParams.get("at"));
  const candle = { time: 1_760_000_000_000, open: 64_210.5, high: 64_288, low: 64_199.25, close: at, volume: 12.5 };
  const text = JSON.stringify({
    type: "delta",
    from: 0,
    sequence: 1,
    change: { at, price: String(at), running: candle },
  });
  for (const socket of sockets.clients) socket.send(text);
  reply.end(String(sockets.clients.size));
});
server.on("upgrade", (request, stream, head) => sockets.handleUpgrade(request, stream, head, () => undefined));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === "object" && address !== null ? address.port : 0);
});

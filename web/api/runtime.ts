import { QueryClient } from "@tanstack/react-query";
import type { SocketTicket } from "../../schema/wire/account.ts";
import { LIVE_PROTOCOL } from "../../schema/wire/live-protocol.ts";
import { createClient } from "./client.ts";
import type { LiveDeps, LiveSocket } from "./live-channel.ts";

/** Lists and details are shown at once from memory and asked again after this. */
const FRESH_MS = 15_000;

/** The cache of everything the API said. Repeats are the client's business. */
export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: FRESH_MS, refetchOnWindowFocus: true } },
});

/** The API as this page reaches it. */
export const client = createClient({
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  wait: (delayMs) => new Promise((done) => setTimeout(done, delayMs)),
  onSessionOver: () => {
    client.forget();
    void queryClient.invalidateQueries({ queryKey: ["session"] });
  },
});

/** How a live channel reaches the socket at `path`: protocol name and ticket go as sub-protocols. */
export function liveDeps(path: string): LiveDeps {
  return {
    async open(position) {
      const { ticket } = await client.request<SocketTicket>("/socket-tickets", { method: "POST" });
      const url = new URL(`/api/v1${path}`, location.href);
      if (position !== undefined) {
        url.searchParams.set("epoch", position.epoch);
        url.searchParams.set("sequence", String(position.sequence));
      }
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      return liveSocket(new WebSocket(url, [LIVE_PROTOCOL, `ticket.${ticket}`]));
    },
    now: () => Date.now(),
    later(act, delayMs) {
      const timer = setTimeout(act, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
  };
}

/** A socket that may be written to and closed at any time, which the browser's own takes for an error until it is open. */
function liveSocket(socket: WebSocket): LiveSocket {
  const whenOpen = (act: () => unknown) => {
    if (socket.readyState === WebSocket.CONNECTING) socket.addEventListener("open", act, { once: true });
    else act();
  };
  const live: LiveSocket = {
    ...{ onmessage: null, onclose: null },
    // What is on its way out takes nothing more: its end is told next.
    send: (text) => whenOpen(() => socket.readyState === WebSocket.OPEN && socket.send(text)),
    close: () => whenOpen(() => socket.close()),
  };
  socket.onmessage = (event) => live.onmessage?.(event);
  socket.onclose = () => live.onclose?.();
  return live;
}

/** A key that names one create, however often it is sent. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

import { BYE_CODES, type ByeReason } from "../../schema/wire/live.ts";

/** Says why, then closes with the reason's code. */
export function hangUp(socket: WebSocket, reason: ByeReason): void {
  trySend(socket, JSON.stringify({ type: "bye", reason }));
  tryClose(socket, BYE_CODES[reason], reason);
}

/** Sends, unless the watcher has gone. */
export function trySend(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
  } catch {
    // The watcher has gone; its close event follows.
  }
}

/** Closes, unless it is closed already. */
export function tryClose(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // It is closed already.
  }
}

/** Whether the socket is not on its way out. */
export function isOpen(socket: WebSocket): boolean {
  return socket.readyState === WebSocket.OPEN;
}

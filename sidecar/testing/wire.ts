import type { Connect, Connection, ConnectionEvents, ConnectTo } from "../connection.ts";

/** A connection as the other side sees it. */
export interface WireEnd {
  readonly to: ConnectTo;
  /** Everything that was sent to it. */
  readonly got: string[];
  isOpen: boolean;
  /** Swallows everything, both ways, and tells nobody. */
  isBlackHole: boolean;
  open(): void;
  say(text: string): void;
  /** Whether it answers pings below the text. */
  answersPings: boolean;
  cut(reason?: string, status?: number): void;
  /** Called with what is sent. */
  heard: (text: string) => void;
}

/** Connections without a network, each handed to `dialled` when it is asked for. */
export function testConnect(dialled: (end: WireEnd) => void): Connect {
  return (to: ConnectTo, events: ConnectionEvents): Connection => {
    let isEnded = false;
    const end: WireEnd = {
      ...{ to, got: [], isOpen: false, isBlackHole: false, answersPings: false, heard: () => {} },
      open() {
        end.isOpen = true;
        if (!isEnded) events.opened();
      },
      say(text) {
        if (!isEnded && !end.isBlackHole) events.text(text);
      },
      cut(reason = "cut", status) {
        end.isOpen = false;
        if (isEnded) return;
        isEnded = true;
        events.closed(reason, status);
      },
    };
    queueMicrotask(() => dialled(end));
    return {
      waiting: 0,
      ping() {
        if (!isEnded && !end.isBlackHole && end.answersPings) events.alive(true);
      },
      send(text) {
        if (isEnded || end.isBlackHole) return;
        end.got.push(text);
        queueMicrotask(() => {
          if (!isEnded) end.heard(text);
        });
      },
      close() {
        isEnded = true;
        end.isOpen = false;
      },
    };
  };
}

import { useEffect, useRef, useState } from "react";
import type { RunState } from "../../schema/wire/backtest.ts";
import { RunServerMessage } from "../../schema/wire/run-live.ts";
import { type LiveChannel, type LiveState, openLiveChannel } from "../api/live-channel.ts";
import { liveDeps } from "../api/runtime.ts";

export interface RunLive {
  readonly state: RunState | null;
  readonly connection: LiveState;
  readonly error: string | null;
  /** Asks the run to stop; it ends at its next pause. */
  readonly cancel: () => void;
}

/** Follows a run over its socket for as long as `active`. */
export function useRunLive(id: string, active: boolean): RunLive {
  const [state, setState] = useState<RunState | null>(null);
  const [connection, setConnection] = useState<LiveState>({ kind: "connecting" });
  const [error, setError] = useState<string | null>(null);
  const channel = useRef<LiveChannel | null>(null);
  useEffect(() => {
    if (!active) return;
    const opened = openLiveChannel<RunState>(liveDeps(`/backtests/${id}/live`), {
      onValue: setState,
      onState: setConnection,
      onError: (failure) => setError(failure.message),
      parse(text) {
        const frame = RunServerMessage.safeParse(parseJson(text));
        return frame.success ? frame.data : undefined;
      },
    });
    channel.current = opened;
    return () => {
      channel.current = null;
      opened.close();
    };
  }, [id, active]);
  return { state, connection, error, cancel: () => channel.current?.send({ type: "cancel" }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

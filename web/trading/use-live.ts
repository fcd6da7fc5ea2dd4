import { useEffect, useState } from "react";
import type { z } from "zod";
import { liveServerMessage } from "../../schema/wire/live.ts";
import { type LiveChannel, type LiveFrame, type LiveState, openLiveChannel } from "../api/live-channel.ts";
import { liveDeps } from "../api/runtime.ts";

export interface Live<T> {
  /** The value as last told; null before the first snapshot. */
  readonly value: T | null;
  readonly connection: LiveState;
  /** What the server says is wrong with the channel. */
  readonly error: string | null;
  /** To say something over it; null before it is opened. */
  readonly channel: LiveChannel | null;
}

const NOT_YET: Live<never> = { value: null, connection: { kind: "connecting" }, error: null, channel: null };

/**
 * Follows the channel at `path`, such as `/bots/b1/live`, for as long as the component is on screen; null follows
 * nothing. The value of an earlier path is never shown under a later one.
 */
export function useLive<S extends z.ZodObject>(path: string | null, schema: S): Live<z.output<S>> {
  const [live, setLive] = useState<{ path: string | null; now: Live<z.output<S>> }>({ path, now: NOT_YET });
  useEffect(() => {
    if (path === null) return;
    const change = (part: Partial<Live<z.output<S>>>) =>
      setLive((before) => ({ path, now: { ...(before.path === path ? before.now : NOT_YET), ...part } }));
    const channel = openLiveChannel<z.output<S>>(liveDeps(path), {
      onValue: (value) => change({ value, error: null }),
      onState: (connection) => change({ connection }),
      onError: ({ message }) => change({ error: message }),
      parse: (text) => frameOf(text, schema),
    });
    change({ channel });
    return () => channel.close();
  }, [path, schema]);
  return live.path === path ? live.now : NOT_YET;
}

function frameOf<S extends z.ZodObject>(text: string, schema: S): LiveFrame<z.output<S>> | undefined {
  const frame = liveServerMessage(schema).safeParse(parseJson(text));
  return frame.success ? (frame.data as LiveFrame<z.output<S>>) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

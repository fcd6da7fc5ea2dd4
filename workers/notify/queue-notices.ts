import { NOTICES_A_MESSAGE_MAX } from "../jobs/notice-message.ts";
import type { Env } from "../platform/env.ts";
import type { RaisedNotice } from "./raised-notice.ts";

/** Hands notices to who tells people. Throws where the queue does not take them: whoever has them keeps them until it does. */
export async function queueNotices(env: Pick<Env, "NOTICES">, notices: readonly RaisedNotice[]): Promise<void> {
  for (let at = 0; at < notices.length; at += NOTICES_A_MESSAGE_MAX) {
    await env.NOTICES.send({ kind: "raised", notices: notices.slice(at, at + NOTICES_A_MESSAGE_MAX) });
  }
}

import type { NoticeWays } from "../notify/notice-ways.ts";
import type { Fetch } from "../notify/send-out.ts";

/** A letter or a webhook that arrived. */
export interface Received {
  readonly url: string;
  /** The id that tells a repeat. */
  readonly id: string;
  readonly body: string;
  readonly at: number;
}

/** What a receiver does with the requests that come, in order; the last goes on for ever. Throws where it does not answer. */
export type Answers = readonly (() => Response | Promise<Response>)[];

/** Receivers of every kind in one place: they count what they took by its id, and fail as they are told. */
export function noticeReceiver(now: () => number, answers: Answers = [() => new Response(null, { status: 204 })]) {
  const tried: Received[] = [];
  const taken: Received[] = [];
  const letters: { readonly to: string; readonly subject: string; readonly id: string }[] = [];
  const fetch: Fetch = async (url, init) => {
    const body = String(init.body);
    const given = new Headers(init.headers).get("Idempotency-Key");
    const one = { url, id: given ?? "", body, at: now() };
    tried.push(one);
    const answer = answers[Math.min(tried.length, answers.length) - 1];
    const reply = (await answer?.()) ?? new Response(null, { status: 204 });
    if (reply.status < 300) taken.push(one);
    return reply;
  };
  const ways: NoticeWays = {
    fetch,
    resolve: async () => ["93.184.215.14"],
    mail: {
      name: "test",
      send: async ({ to, subject, id }) => {
        letters.push({ to, subject, id });
        return { type: "sent" };
      },
    },
  };
  return { ways, tried, taken, letters };
}

import { z } from "zod";
import type { ResolveName } from "./hook-address.ts";

/** DNS over HTTPS in JSON: https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json/. */
const RESOLVER = "https://cloudflare-dns.com/dns-query";
const TIMEOUT_MS = 3_000;
/** Types of records: addresses of both kinds. */
const RECORDS = { A: 1, AAAA: 28 } as const;
const NO_ERROR = 0;

const Answer = z.object({
  Status: z.number(),
  Answer: z.array(z.object({ type: z.number(), data: z.string() })).optional(),
});

/** Asks a public name server, since the runtime does not say what a name leads to. */
export function resolveOver(fetch: (url: string, init: RequestInit) => Promise<Response>): ResolveName {
  const ask = async (name: string, type: keyof typeof RECORDS) => {
    const reply = await fetch(`${RESOLVER}?name=${encodeURIComponent(name)}&type=${type}`, {
      headers: { Accept: "application/dns-json" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = Answer.parse(await reply.json());
    if (answer.Status !== NO_ERROR) throw new Error(`the name server answered ${answer.Status}`);
    return (answer.Answer ?? []).flatMap(({ type: kind, data }) => (kind === RECORDS[type] ? [data] : []));
  };
  return async (name) => (await Promise.all([ask(name, "A"), ask(name, "AAAA")])).flat();
}

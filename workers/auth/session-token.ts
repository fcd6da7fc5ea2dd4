import { base64Url, equalTexts, hmacSha256 } from "../platform/digest.ts";
import { type Env, secretOf } from "../platform/env.ts";

/** What a refresh token says before anything is looked up. */
export interface SessionToken {
  readonly sessionId: string;
  readonly generation: number;
  readonly proof: string;
}

const TOKEN = /^(ses_[0-9a-z]{26})\.([1-9]\d{0,8})\.([\w-]{43})$/;

/**
 * The refresh token of one generation of a session: `<session>.<generation>.<proof>`, the proof an HMAC-SHA-256 over
 * both and the session's random seed under a secret of the environment. It is stored nowhere: whoever reads the
 * database lacks the secret, whoever knows the secret lacks the seed. That it can be made again lets any number of
 * requests that rotate at once receive the same next token, and tells a genuine old token from an invented one.
 */
export async function makeSessionToken(
  env: Env,
  session: { readonly id: string; readonly seed: string; readonly generation: number },
): Promise<string> {
  return `${session.id}.${session.generation}.${await proofOf(env, session)}`;
}

/** The parts of a token, or undefined where the text has another form. Says nothing yet on whether it is genuine. */
export function parseSessionToken(text: string): SessionToken | undefined {
  const match = TOKEN.exec(text);
  if (match === null) return undefined;
  return { sessionId: match[1] ?? "", generation: Number(match[2]), proof: match[3] ?? "" };
}

/** Whether a token was made by us for its generation of this session. */
export async function isGenuine(env: Env, token: SessionToken, seed: string): Promise<boolean> {
  const proof = await proofOf(env, { id: token.sessionId, seed, generation: token.generation });
  return equalTexts(token.proof, proof);
}

async function proofOf(env: Env, session: { id: string; seed: string; generation: number }): Promise<string> {
  const key = `${secretOf(env, "AUTH_SECRET")} refresh token v1`;
  return base64Url(await hmacSha256(key, JSON.stringify([session.id, session.generation, session.seed])));
}

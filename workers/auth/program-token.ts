import { equalTexts, sha256Hex } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import type { Access } from "./access-matrix.ts";

/** A token shorter than this can be guessed in time. */
const TOKEN_CHARACTERS_MIN = 32;

/**
 * Whether a request shows the token of a program that may do this one thing, such as METRICS_TOKEN. Compared as hashes, in
 * constant time. Where none is set, or a short one, no request does.
 */
export async function showsProgramToken(
  env: Env,
  name: NonNullable<Access["orToken"]>,
  request: Request,
): Promise<boolean> {
  const expected = env[name] ?? "";
  const shown = /^Bearer (\S{1,500})$/.exec(request.headers.get("Authorization") ?? "")?.[1];
  if (shown === undefined || expected.length < TOKEN_CHARACTERS_MIN) return false;
  return equalTexts(await sha256Hex(shown), await sha256Hex(expected));
}

import { isPublicAddress } from "./public-address.ts";

/** Ports at which hooks are served; others are those of databases, mail and machines of one's own. */
const PORTS: ReadonlySet<string> = new Set(["", "8443"]);
/** Last labels of names that lead inwards, or that no public name server knows. */
const INNER_SUFFIXES = [
  ...[
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
    "test",
    "example",
    "invalid",
  ],
  "onion",
];
const URL_CHARACTERS_MAX = 500;
const LABEL = /^(?!-)[a-z\d-]{1,63}(?<!-)$/;

/** Addresses of a name, of both kinds; throws where it cannot be found out. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

export type HookAddress =
  | { readonly ok: true; readonly url: URL }
  /** `reason` completes "the address must ...". */
  | { readonly ok: false; readonly reason: string };

/**
 * Whether our servers may send something to an address that a person chose: it must lead out, by its form and by every
 * address that its name has at this moment. Asked when it is stored and again whenever something is sent, since a name may
 * come to mean another machine.
 */
export async function checkHookAddress(text: string, resolve: ResolveName): Promise<HookAddress> {
  const formed = formedAddress(text);
  if (!formed.ok) return formed;
  let addresses: readonly string[];
  try {
    addresses = await resolve(formed.url.hostname);
  } catch {
    return refused("have a name that can be found");
  }
  if (addresses.length === 0) return refused("have a name that can be found");
  return addresses.every(isPublicAddress) ? formed : refused("lead to the internet, and not to a network of one's own");
}

/** The same by its form alone. */
export function formedAddress(text: string): HookAddress {
  if (text.length > URL_CHARACTERS_MAX) return refused(`have at most ${URL_CHARACTERS_MAX} characters`);
  // The parser takes out and mends much; what it would mend is not what the person sees.
  if (!/^https:\/\/[\x21-\x2e\x30-\x7e][\x21-\x7e]*$/.test(text) || text.includes("\\") || !URL.canParse(text)) {
    return refused("be such as https://example.com/hook");
  }
  const url = new URL(text);
  if (url.protocol !== "https:") return refused("begin with https://");
  if (url.username !== "" || url.password !== "") return refused("carry no user and no password");
  if (!PORTS.has(url.port)) return refused("have the port 443 or 8443");
  const labels = url.hostname.split(".");
  // A last label of digits alone is how the parser writes every form of an IPv4 address; an IPv6 one has brackets.
  const last = labels.at(-1) ?? "";
  const isName = labels.length >= 2 && labels.every((label) => LABEL.test(label)) && /[a-z]/.test(last);
  if (!isName || INNER_SUFFIXES.includes(last)) return refused("have the full name of a public server");
  return { ok: true, url };
}

function refused(reason: string): HookAddress {
  return { ok: false, reason };
}

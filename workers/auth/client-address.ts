/**
 * The address that limits are counted by: from `CF-Connecting-IP` only, which the edge sets; other forwarding headers
 * are whatever a client likes. An IPv6 client is its /64, since it owns all of it.
 */
export function clientAddress(headers: Headers): string {
  const address = headers.get("CF-Connecting-IP")?.trim() ?? "";
  if (address === "") return "unknown";
  if (!address.includes(":")) return address;
  return `${expandIpv6(address).slice(0, 4).join(":")}::/64`;
}

function expandIpv6(address: string): string[] {
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...new Array<string>(zeros).fill("0"), ...right].map((group) => group.replace(/^0+(?=.)/, ""));
}

/** The address itself, for audit and for lists of allowed addresses. */
export function exactAddress(headers: Headers): string {
  return headers.get("CF-Connecting-IP")?.trim().slice(0, 45) || "unknown";
}

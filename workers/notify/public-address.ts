/**
 * Addresses that lead out to the internet and nowhere else, by the registries of special addresses:
 * https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry.
 */

/** First bits that are not public, as base and length. */
const INNER_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Of the one block of IPv6 that is given out, what leads elsewhere: protocols, tunnels and documents. */
const INNER_V6: readonly (readonly [bigint, number])[] = [
  [0x2001_0000n << 96n, 23],
  [0x2001_0db8n << 96n, 32],
  [0x2002_0000n << 96n, 16],
  [0x3fff_0000n << 96n, 20],
];
const GIVEN_OUT_V6: readonly [bigint, number] = [0x2000_0000n << 96n, 3];

/** Whether an address, as a name server writes it, is one of the internet. What is no address is none. */
export function isPublicAddress(text: string): boolean {
  const v4 = readV4(text);
  if (v4 !== undefined) return !INNER_V4.some(([base, bits]) => sharesBits(v4, readV4(base) ?? 0n, bits, 32));
  const v6 = readV6(text);
  if (v6 === undefined) return false;
  const [base, bits] = GIVEN_OUT_V6;
  return sharesBits(v6, base, bits, 128) && !INNER_V6.some(([inner, length]) => sharesBits(v6, inner, length, 128));
}

function sharesBits(address: bigint, base: bigint, bits: number, width: number): boolean {
  const rest = BigInt(width - bits);
  return address >> rest === base >> rest;
}

function readV4(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}

function readV6(text: string): bigint | undefined {
  if (!/^[\da-f:.]{2,45}$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  // The parser writes the last four bytes as groups, too, and leaves one run of zeros out.
  const [head = "", tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split("::");
  const groups = (part: string | undefined) => (part === undefined || part === "" ? [] : part.split(":"));
  const zeros = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: zeros }, () => "0"), ...groups(tail)];
  return all.reduce((sum, group) => (sum << 16n) + BigInt(Number.parseInt(group, 16)), 0n);
}

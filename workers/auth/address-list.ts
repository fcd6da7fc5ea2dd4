/** An address or a network such as `203.0.113.0/24` or `2001:db8::/32`, as bits. */
interface Network {
  readonly bits: bigint;
  readonly length: 32 | 128;
  readonly prefix: number;
}

/** Whether the text is an IPv4 or IPv6 address or network. */
export function isAddressOrNetwork(text: string): boolean {
  return networkOf(text) !== undefined;
}

/** Whether an address is one of the list or inside one of its networks. */
export function addressIsIn(address: string, list: readonly string[]): boolean {
  const own = networkOf(address);
  if (own === undefined || own.prefix !== own.length) return false;
  return list.some((entry) => {
    const network = networkOf(entry);
    if (network === undefined || network.length !== own.length) return false;
    const shift = BigInt(own.length - network.prefix);
    return own.bits >> shift === network.bits >> shift;
  });
}

function networkOf(text: string): Network | undefined {
  const [address = "", prefixText, more] = text.split("/");
  if (more !== undefined || (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText))) return undefined;
  const bits = address.includes(":") ? ipv6Bits(address) : ipv4Bits(address);
  if (bits === undefined) return undefined;
  const length = address.includes(":") ? 128 : 32;
  const prefix = prefixText === undefined ? length : Number(prefixText);
  return prefix > length ? undefined : { bits, length, prefix };
}

function ipv4Bits(address: string): bigint | undefined {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function ipv6Bits(address: string): bigint | undefined {
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const given = groups.flat();
  if (!given.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - given.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const [head = [], tail = []] = groups;
  const all = [...head, ...new Array<string>(halves.length === 1 ? 0 : missing).fill("0"), ...tail];
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

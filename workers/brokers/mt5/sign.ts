/** What both sides of a bridge have said of themselves before either is believed. */
export interface BridgeGreeting {
  /** Chance of the terminal's and of ours, hexadecimal. */
  readonly terminalNonce: string;
  readonly serverNonce: string;
  readonly login: string;
  readonly server: string;
}

/** Hexadecimal HMAC-SHA-256 of a text under a key, lower case. Handed in, since platforms have their own. */
export type HmacHex = (secret: string, text: string) => string;

/** What a terminal proves itself by. */
export function terminalMac(hmac: HmacHex, secret: string, greeting: BridgeGreeting): string {
  const { terminalNonce, serverNonce, login, server } = greeting;
  return hmac(secret, `${terminalNonce}|${serverNonce}|${login}|${server}`);
}

/** What we prove ourselves by: another order of the same, so that neither can be told back as the other. */
export function serverMac(hmac: HmacHex, secret: string, greeting: BridgeGreeting): string {
  const { terminalNonce, serverNonce, login, server } = greeting;
  return hmac(secret, `welcome|${serverNonce}|${terminalNonce}|${login}|${server}`);
}

/** Whether two texts are equal, in a time that depends on their lengths only. */
export function equalMacs(left: string, right: string): boolean {
  let different = left.length ^ right.length;
  for (let index = 0; index < left.length; index++) {
    different |= left.charCodeAt(index) ^ right.charCodeAt(index % Math.max(1, right.length));
  }
  return different === 0;
}

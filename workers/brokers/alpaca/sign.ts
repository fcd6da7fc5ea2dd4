/** A key's id and its secret are printable text without spaces; anything else could add headers of its own. */
const PRINTABLE = /^[\x21-\x7e]{8,200}$/;

export interface AlpacaKey {
  readonly keyId: string;
  readonly secret: string;
}

/** What proves who asks: the key itself, with its secret. Requests are not signed. */
export function alpacaHeaders({ keyId, secret }: AlpacaKey): Readonly<Record<string, string>> {
  if (!PRINTABLE.test(keyId) || !PRINTABLE.test(secret)) {
    throw new RangeError("keyId and secret must be 8 to 200 printable characters without spaces");
  }
  return { "apca-api-key-id": keyId, "apca-api-secret-key": secret, "content-type": "application/json" };
}

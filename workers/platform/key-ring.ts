const KEY_BYTES = 32;
const KEY_ID = /^[a-z0-9]{1,16}$/;

export interface MasterKeys {
  /** Id of the key that new secrets are wrapped under. */
  readonly current: string;
  readonly byId: ReadonlyMap<string, Uint8Array>;
}

/**
 * Master keys as they are written down: `id:key` pairs, comma between, the current one first; keys are 32 bytes in base64url.
 * During a rotation the old key stands behind the new one. Throws on any other form, since a secret sealed under a wrong key
 * is lost.
 */
export function readMasterKeys(text: string): MasterKeys {
  const byId = new Map<string, Uint8Array>();
  let current: string | undefined;
  for (const pair of text.split(",")) {
    const [id = "", key = "", more] = pair.trim().split(":");
    if (!KEY_ID.test(id) || more !== undefined) throw new Error("MASTER_KEYS must be id:key pairs with commas between");
    const bytes = keyBytes(key);
    if (bytes === undefined) throw new Error(`MASTER_KEYS: the key ${id} must be ${KEY_BYTES} bytes in base64url`);
    if (byId.has(id)) throw new Error(`MASTER_KEYS: the id ${id} is there twice`);
    byId.set(id, bytes);
    current ??= id;
  }
  if (current === undefined) throw new Error("MASTER_KEYS must hold a key");
  return { current, byId };
}

function keyBytes(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) =>
      character.charCodeAt(0),
    );
    return bytes.length === KEY_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  }
}

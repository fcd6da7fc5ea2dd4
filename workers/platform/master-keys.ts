import { type Env, secretOf } from "./env.ts";
import { type MasterKeys, readMasterKeys } from "./key-ring.ts";

export type { MasterKeys };

/** The master keys of the deployment, from the secret `MASTER_KEYS`. Throws where it is not as `readMasterKeys` wants it. */
export function masterKeys(env: Env): MasterKeys {
  return readMasterKeys(secretOf(env, "MASTER_KEYS"));
}

import { jsonOf, type NamedValues, valueOfJson } from "./named-values.ts";

/** Those of `kept` names in an object's storage. */
export function objectValues(kv: SyncKvStorage, kept: (name: string) => boolean): NamedValues {
  return {
    list: () =>
      [...kv.list()].filter(([name]) => kept(name)).map(([name, value]) => [name, jsonOf(name, value)] as const),
    put: (name, text) => void kv.put(name, valueOfJson(text)),
  };
}

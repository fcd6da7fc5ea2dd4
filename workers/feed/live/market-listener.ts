import type { Env } from "../../platform/env.ts";
import type { MarketListener, MarketSubscriber } from "./market-port.ts";

/** Bindings of the objects that may listen to a market. */
type Listeners = Readonly<Partial<Record<MarketSubscriber["binding"], DurableObjectNamespace>>>;

/** The object behind a listener. Throws where the deployment has none of its kind. */
export function listenerOf(env: Env, { binding, name }: MarketSubscriber): MarketListener {
  // Only names are known here: the classes of venues and bots know the market, and not the other way round.
  const namespace = (env as Listeners)[binding];
  if (namespace === undefined) throw new Error(`a listener must have the binding ${binding}`);
  return namespace.getByName(name) as unknown as MarketListener;
}

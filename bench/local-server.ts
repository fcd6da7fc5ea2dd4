import { ApiClient } from "../drill/api-client.ts";
import { LocalRuntime } from "../ops/runtime/local-runtime.ts";
import { localSecrets } from "../ops/start/local-secrets.ts";

/** A server in the local runtime with its database and a person who is signed in. */
export interface BenchServer {
  readonly runtime: LocalRuntime;
  readonly api: ApiClient;
}

/**
 * Runs a bench against the drill's Worker, which is what is deployed but for its limits on requests. `broker` is the origin
 * of a broker in another process; accounts trade on the paper venue where it is empty.
 */
export async function withServer(
  broker: string,
  bench: (server: BenchServer) => Promise<void>,
  vars: Readonly<Record<string, string>> = {},
  main = "workers/drill.ts",
): Promise<void> {
  const runtime = await LocalRuntime.make({ main, vars: { DRILL_BROKER: broker, ...vars } });
  try {
    await runtime.start();
    const api = new ApiClient(runtime.origin, localSecrets(runtime.state).secrets.DEMO_PASSWORD);
    await api.signUp();
    await api.renew();
    await bench({ runtime, api });
  } finally {
    await runtime.remove();
  }
}

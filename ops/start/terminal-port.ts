import { freePort, isPortFree } from "./free-port.ts";

/** Where terminals dial unless it is said otherwise: the same with each start, so that they find the server again. */
const USUAL_PORT = 8_443;

interface Ports {
  readonly isFree: (port: number) => Promise<boolean>;
  /** Any that nothing listens on. */
  readonly any: () => Promise<number>;
}

/**
 * The port that terminals dial: the one that was asked for, 0 for any that is free, or the usual one, in place of which any is
 * taken, with words of it, where a program listens there already. Throws where the one that was asked for is taken.
 */
export async function terminalPort(
  asked: number | undefined,
  { isFree, any }: Ports = { isFree: isPortFree, any: freePort },
): Promise<{ readonly port: number; readonly notice?: string }> {
  if (asked === 0) return { port: await any() };
  if (await isFree(asked ?? USUAL_PORT)) return { port: asked ?? USUAL_PORT };
  if (asked !== undefined) {
    throw new Error(`--terminal-port must be free, was ${asked}, which a program listens on already`);
  }
  const port = await any();
  const notice =
    `Terminals dial port ${port}: ${USUAL_PORT} is taken. Those that dialled ${USUAL_PORT} do not come back by themselves; ` +
    "free it or choose one with --terminal-port.";
  return { port, notice };
}

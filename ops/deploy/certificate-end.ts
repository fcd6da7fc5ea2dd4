import { connect } from "node:tls";

/** A server that does not shake hands within this shows no certificate, ms. */
const HANDSHAKE_MS_MAX = 10_000;

/**
 * When the certificate that an address shows ends, UTC ms. Throws where it is not to be trusted: for another name, signed by
 * nobody known, or over.
 */
export function certificateEnd(address: string, authority: string | undefined): Promise<number> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const name = /^[\d.]+$/.test(hostname) ? {} : { servername: hostname };
    const socket = connect({ host: hostname, port: Number(port || 443), ...name, ...(authority && { ca: authority }) });
    socket.setTimeout(HANDSHAKE_MS_MAX, () => socket.destroy(new Error(`${hostname} does not shake hands`)));
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      const { valid_to } = socket.getPeerCertificate();
      socket.end();
      resolve(Date.parse(valid_to));
    });
  });
}

import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import type { AddPasskey } from "../../schema/wire/account.ts";
import type { PasskeyOptions } from "../../schema/wire/session.ts";

type Response = AddPasskey["response"];

/** The browser's proof by a passkey it holds. Throws an `Error` with a plain sentence. */
export function provenByPasskey({ options }: PasskeyOptions): Promise<Response> {
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return plainly(async () => ({ ...(await startAuthentication({ optionsJSON })) }));
}

/** A new passkey of the browser or of a key at hand. Throws an `Error` with a plain sentence. */
export function madePasskey({ options }: PasskeyOptions): Promise<Response> {
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  return plainly(async () => ({ ...(await startRegistration({ optionsJSON })) }));
}

async function plainly(ceremony: () => Promise<Response>): Promise<Response> {
  try {
    return await ceremony();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (name === "InvalidStateError") throw new Error("This device already holds a passkey of this account.");
    if (name === "NotAllowedError") throw new Error("The browser's question was closed or took too long. Try again.");
    throw new Error("This browser could not use a passkey here.");
  }
}

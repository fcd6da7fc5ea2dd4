import { useSyncExternalStore } from "react";
import type { StepUp } from "../../schema/wire/session.ts";
import { ApiError, errorOfResponse, offlineError } from "../api/api-error.ts";
import { addressOf } from "../api/client.ts";
import { client } from "../api/runtime.ts";

/** Every other request waits for a proof under way: one without an answer for this long is given up. */
const PROOF_MS_MAX = 30_000;

/** Called once with whether the person proved who they are. */
type Answer = (proven: boolean) => void;

let waiting: readonly Answer[] = [];
const listeners = new Set<() => void>();

/**
 * Runs `act`; where the server asks for a fresh proof, asks the person for it and runs `act` once more. Throws
 * `ApiError` of the act, also where the person closes the dialog without a proof.
 */
export async function withProof<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "step_up") throw error;
    if (!(await askForProof())) throw notProven();
    return act();
  }
}

/** Sends one proof, after which the session has a new id. Throws `ApiError`. */
export function sendProof(proof: StepUp): Promise<void> {
  return postOnce("/session/step-up", proof);
}

/**
 * Posts what may give the session a new id, without the client's second try after 401: here 401 means a wrong password
 * or code, and each try counts towards the limit of attempts. Throws `ApiError`.
 */
export function postOnce(path: string, body: unknown): Promise<void> {
  return client.renewing(async (token) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const signal = AbortSignal.timeout(PROOF_MS_MAX);
    const init: RequestInit = {
      method: "POST",
      credentials: "same-origin",
      headers,
      body: JSON.stringify(body),
      signal,
    };
    const response = await fetch(addressOf(path), init).catch(() => undefined);
    if (response === undefined) throw signal.aborted ? noAnswer() : offlineError();
    if (!response.ok) throw await errorOfResponse(response);
  });
}

/** Ends the question with its answer. */
export function answerProof(proven: boolean): void {
  const asked = waiting;
  waiting = [];
  announce();
  for (const answer of asked) answer(proven);
}

/** Whether a proof is being asked for. */
export function useProofAsked(): boolean {
  return useSyncExternalStore(listen, () => waiting.length > 0);
}

function askForProof(): Promise<boolean> {
  return new Promise((answer) => {
    waiting = [...waiting, answer];
    announce();
  });
}

function listen(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}

function announce(): void {
  for (const listener of listeners) listener();
}

function noAnswer(): ApiError {
  const detail = `The server did not answer within ${PROOF_MS_MAX / 1000} seconds. It may have been done all the same: reload the page and look.`;
  return new ApiError({ status: 0, code: "no_answer", title: "No answer", detail });
}

function notProven(): ApiError {
  const detail = "Nothing was changed: this needs a fresh proof of who you are.";
  return new ApiError({ status: 403, code: "not_proven", title: "Not proven", detail });
}

import { z } from "zod";
import { Problem } from "../../schema/wire/primitive.ts";

/** A JSON body that must be there. */
export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true, content: { "application/json": { schema } } } as const;
}

export function jsonReply<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } } as const;
}

/** A reply that is a file of the content type. */
export function fileReply(contentType: string, description: string) {
  return { description, content: { [contentType]: { schema: { type: "string" as const, format: "binary" } } } };
}

/** JSON that is passed on as it is stored. */
export function storedJsonReply(description: string) {
  const content: Record<string, { schema: z.ZodType }> = { "application/json": { schema: z.unknown() } };
  return { description, content };
}

/** A reply without a body. */
export function done(description: string) {
  return { description };
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: "A link that does not work any more",
  401: "No valid access token",
  403: "Not allowed: `code` says whether the role, a proof, the Origin or the content type is missing",
  404: "No such thing, or not yours",
  409: "In conflict with what is stored",
  413: "Too large",
  422: "A rule is broken; `issues` says which",
  429: "Too many attempts; `Retry-After` says when to try again",
  503: "Not available",
};

const problemContent = { "application/problem+json": { schema: Problem } };

/** Problem documents (RFC 9457) that a route may answer with. */
export function problems(...statuses: readonly number[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: MEANINGS[status] ?? "Problem", content: problemContent }]),
  );
}

/** Marks a route as one that needs an access token. */
export const bearer = [{ bearer: [] }];

/** The id in a path. Any short text: one that does not exist is 404, not a broken rule. */
export const idParams = z.object({ id: z.string().max(60) });

/** Headers of a create that may be sent again without making a second thing. */
export const createHeaders = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\w.:-]{8,100}$/, "must be 8 to 100 letters, digits or . _ : -")
    .optional(),
});

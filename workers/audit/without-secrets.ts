// Names that hold secrets in any of our shapes or of those that brokers send.
const SECRET_NAME =
  /pass(word|phrase)|secret|token|api_?key|private|credential|recovery|otp|seed|salt|hash|authorization|cookie/i;
const DEPTH_MAX = 8;

/** Whether a field of this name may hold a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A copy with every value of a secret's name replaced, however deep it stands. */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (depth > DEPTH_MAX) return "…";
  if (Array.isArray(value)) return value.map((entry) => withoutSecrets(entry, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      isSecretName(name) ? "[secret]" : withoutSecrets(entry, depth + 1),
    ]),
  );
}

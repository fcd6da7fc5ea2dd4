/**
 * Names of the files that the platform's tool says are still to be applied. Throws where its words are not understood: what
 * cannot be read is not taken for nothing.
 */
export function readPending(told: string, files: readonly string[]): string[] {
  const named = new Set([...told.matchAll(/[^\s│|]+\.sql\b/g)].map(([name]) => name));
  const unknown = [...named].filter((name) => !files.includes(name));
  if (unknown.length > 0) throw new Error(`migrations to apply that are not in the tree: ${unknown.join(", ")}`);
  if (named.size === 0 && !told.includes("No migrations to apply")) {
    throw new Error(`the list of migrations was not understood:\n${told.slice(-500)}`);
  }
  return [...named].sort();
}

/** A module of Node; named by a variable, since this ring is typed for the Workers runtime. */
export async function nodeModule<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}

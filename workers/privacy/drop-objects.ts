// What one deletion of the object store takes.
const OBJECTS_PER_DELETE_MAX = 1_000;

/** Removes every object whose key begins so. Throws for a beginning that could be another owner's too. */
export async function dropObjects(bucket: R2Bucket, prefix: string): Promise<void> {
  if (!/^[\w-]+\/[^/]+\//.test(prefix)) throw new Error(`a prefix must name a kind and an owner, was ${prefix}`);
  for (;;) {
    const { objects } = await bucket.list({ prefix, limit: OBJECTS_PER_DELETE_MAX });
    if (objects.length === 0) return;
    await bucket.delete(objects.map(({ key }) => key));
  }
}

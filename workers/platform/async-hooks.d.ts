/** What is used of Node's module, which the Workers runtime has too; this ring is typed for that runtime alone. */
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    getStore(): T | undefined;
    run<R>(store: T, work: () => R): R;
  }
}

/** A request's body that is read by somebody who may stop anywhere, after which the rest can still be taken in. */
export interface Upload {
  /** Cancelling it leaves the request alone. */
  readonly stream: ReadableStream<Uint8Array>;
  /**
   * Reads on without keeping anything, to the end or for about `bytesMax` bytes. A client that is still sending sees a
   * broken connection, not the reply, where its request is cancelled instead.
   */
  discard(bytesMax: number): Promise<void>;
}

export function uploadOf(body: ReadableStream<Uint8Array>): Upload {
  const reader = body.getReader();
  return {
    // Nothing is read ahead of who reads: a refusal finds the request where it was left.
    stream: new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
      },
      { highWaterMark: 0 },
    ),
    async discard(bytesMax) {
      let left = bytesMax;
      try {
        while (left > 0) {
          const { done, value } = await reader.read();
          if (done) return;
          left -= value.byteLength;
        }
        await reader.cancel();
      } catch {
        // The client has gone; nobody waits for the reply.
      }
    },
  };
}

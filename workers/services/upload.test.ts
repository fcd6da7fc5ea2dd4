import { describe, expect, it } from "vitest";
import { uploadOf } from "./upload.ts";

/** A body of `count` chunks of 10 bytes, and what became of it. */
function body(count: number) {
  const state = { sent: 0, ended: false, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (state.sent < count) {
          state.sent++;
          controller.enqueue(new Uint8Array(10).fill(state.sent));
          return;
        }
        state.ended = true;
        controller.close();
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { state, stream };
}

describe("an upload", () => {
  it("is read to its end as it came", async () => {
    const { stream } = body(3);
    const bytes = new Uint8Array(await new Response(uploadOf(stream).stream).arrayBuffer());
    expect([...bytes].filter((_, at) => at % 10 === 0)).toEqual([1, 2, 3]);
  });

  it.each([
    ["cancelled its stream", async (reader: ReadableStreamDefaultReader) => reader.cancel()],
    ["let go of its stream", async (reader: ReadableStreamDefaultReader) => reader.releaseLock()],
    ["forgot its stream", async () => {}],
  ])("is taken in to its end after a reader that %s", async (_title, leave) => {
    const { state, stream } = body(20);
    const upload = uploadOf(stream);
    const reader = upload.stream.getReader();
    await reader.read();
    await leave(reader);
    await upload.discard(1_000);
    expect(state).toEqual({ sent: 20, ended: true, cancelled: false });
  });

  it("is broken off where more comes than is taken in", async () => {
    const { state, stream } = body(1_000);
    await uploadOf(stream).discard(50);
    expect(state).toEqual({ sent: 5, ended: false, cancelled: true });
  });

  it("whose client has gone is let go without a word", async () => {
    const failing = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("reset")) });
    await expect(uploadOf(failing).discard(50)).resolves.toBeUndefined();
  });
});

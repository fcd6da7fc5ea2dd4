import { VenueSilence } from "./venue-reply.ts";

/** The text of a reply of at most `bytesMax`. Throws VenueSilence beyond, having read no further. */
export async function readBody(reply: Response, bytesMax: number): Promise<string> {
  const announced = Number(reply.headers.get("content-length") ?? 0);
  if (announced > bytesMax) {
    await reply.body?.cancel();
    throw tooLong(bytesMax);
  }
  if (reply.body === null) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = reply.body.getReader();
  // Bytes that are no UTF-8 must not become something that looks like text.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      throw tooLong(bytesMax);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function tooLong(bytesMax: number): VenueSilence {
  return new VenueSilence(`the venue's reply must have at most ${bytesMax} bytes, had more`, { isSent: true });
}

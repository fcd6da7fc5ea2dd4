/** Longest frame, bytes without its length: 5,000 candles are a third of it. */
export const BRIDGE_FRAME_BYTES_MAX = 1024 * 1024;
const LENGTH_BYTES = 4;

/** A frame: four bytes of length, most significant first, then the text in UTF-8. Throws RangeError beyond the limit. */
export function bridgeFrame(text: string): Uint8Array {
  const body = new TextEncoder().encode(text);
  if (body.byteLength === 0 || body.byteLength > BRIDGE_FRAME_BYTES_MAX) {
    throw new RangeError(`a frame must have 1 to ${BRIDGE_FRAME_BYTES_MAX} bytes, had ${body.byteLength}`);
  }
  const frame = new Uint8Array(LENGTH_BYTES + body.byteLength);
  new DataView(frame.buffer).setUint32(0, body.byteLength);
  frame.set(body, LENGTH_BYTES);
  return frame;
}

/** Cuts what comes over a connection into frames, however it is split. */
export class BridgeFrames {
  private readonly bytesMax: number;
  private kept = new Uint8Array(0);

  constructor(bytesMax: number = BRIDGE_FRAME_BYTES_MAX) {
    this.bytesMax = bytesMax;
  }

  /** Texts of the frames that are whole now. Throws RangeError for a length that none may have and for what is no UTF-8. */
  push(bytes: Uint8Array): string[] {
    const all = new Uint8Array(this.kept.byteLength + bytes.byteLength);
    all.set(this.kept);
    all.set(bytes, this.kept.byteLength);
    const texts: string[] = [];
    let at = 0;
    while (all.byteLength - at >= LENGTH_BYTES) {
      const length = new DataView(all.buffer, at).getUint32(0);
      if (length === 0 || length > this.bytesMax) {
        throw new RangeError(`a frame must have 1 to ${this.bytesMax} bytes, had ${length}`);
      }
      if (all.byteLength - at - LENGTH_BYTES < length) break;
      texts.push(textOf(all.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length)));
      at += LENGTH_BYTES + length;
    }
    this.kept = all.slice(at);
    return texts;
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new RangeError("a frame must be UTF-8");
  }
}

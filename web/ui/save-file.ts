/** Offers `content` to be saved under `fileName`. */
export function saveBlob(content: Blob, fileName: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = fileName.replace(/[\\/:*?"<>|]+/g, "-");
  link.click();
  // Some browsers begin to read after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function saveText(text: string, fileName: string, type: string): void {
  saveBlob(new Blob([text], { type }), fileName);
}

/** Saves what is drawn on a canvas as PNG; does nothing where there is none. */
export async function saveCanvas(canvas: HTMLCanvasElement | undefined, fileName: string): Promise<void> {
  const blob = await new Promise<Blob | null>((done) => (canvas === undefined ? done(null) : canvas.toBlob(done)));
  if (blob !== null) saveBlob(blob, fileName);
}

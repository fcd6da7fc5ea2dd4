/** Length of a header, and the size that every file in a tar archive is filled up to. */
export const TAR_BLOCK_BYTES = 512;
// What the fields of the header hold.
const NAME_CHARACTERS_MAX = 100;
const SIZE_MAX = 8 ** 11 - 1;
const CHECKSUM_AT = 148;

export interface TarFile {
  /** Plain ASCII path. */
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/**
 * The header of one file of a tar archive, in the ustar format of POSIX.1-1988: fields at fixed places, numbers as octal
 * text, the checksum over all bytes with its own field as spaces. Throws for a name or size that the format has no room for.
 */
export function tarHeader({ name, bytes, modifiedMs }: TarFile): Uint8Array {
  if (!/^[\x20-\x7e]+$/.test(name) || name.length > NAME_CHARACTERS_MAX) {
    throw new RangeError(`name must have 1 to ${NAME_CHARACTERS_MAX} ASCII characters, was ${JSON.stringify(name)}`);
  }
  if (!Number.isInteger(bytes) || bytes < 0 || bytes > SIZE_MAX) {
    throw new RangeError(`bytes must be an integer from 0 to ${SIZE_MAX}, was ${bytes}`);
  }
  const header = new Uint8Array(TAR_BLOCK_BYTES);
  const put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
  put(0, name);
  put(100, "0000600\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${octal(bytes, 11)}\0`);
  put(136, `${octal(Math.max(0, Math.floor(modifiedMs / 1_000)), 11)}\0`);
  put(CHECKSUM_AT, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\x0000");
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(CHECKSUM_AT, `${octal(sum, 6)}\0 `);
  return header;
}

/** Zeros behind a file, up to the next whole block. */
export function tarPadding(bytes: number): Uint8Array {
  return new Uint8Array((TAR_BLOCK_BYTES - (bytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
}

/** The two empty blocks that end an archive. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * TAR_BLOCK_BYTES);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

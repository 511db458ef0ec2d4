import { readFileSync } from "node:fs";

/**
 * Reads a text file as UTF-8 or UTF-16, with or without a byte order mark, since editors and shells write either.
 * Throws an error whose message completes a sentence that begins with the file's name, if the file is neither or can't
 * be read.
 */
export function readTextFile(path: string): string {
  const text = decode(bytesOf(path));
  const nul = text.indexOf("\0");
  if (nul >= 0) throw new Error(`has a NUL byte in line ${lineAt(text, nul)}`);
  return text;
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`can't be read (${error instanceof Error && "code" in error ? error.code : "unknown"})`, {
      cause: error,
    });
  }
}

function decode(bytes: Buffer): string {
  const encoding = encodingOf(bytes);
  try {
    // TextDecoder removes the byte order mark.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`is not text in ${encoding.toUpperCase()}: line ${firstWrongLine(bytes, encoding)}`);
  }
}

/** Without a byte order mark, UTF-16 is detected by the NUL bytes of ASCII characters. */
function encodingOf(bytes: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (bytes.length % 2 === 1 || bytes.length === 0) return "utf-8";
  if (hasNulsAt(bytes, 1)) return "utf-16le";
  return hasNulsAt(bytes, 0) ? "utf-16be" : "utf-8";
}

/** True if most of the even, or odd, positions are NUL. */
function hasNulsAt(bytes: Buffer, offset: 0 | 1): boolean {
  const nuls = bytes.filter((byte, index) => index % 2 === offset && byte === 0).length;
  return nuls * 4 > bytes.length;
}

function firstWrongLine(bytes: Buffer, encoding: string): number {
  if (encoding !== "utf-8") return 1;
  const lossy = bytes.toString("utf8");
  return lineAt(lossy, lossy.indexOf("\ufffd"));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split(/\r\n|\n|\r/).length;
}

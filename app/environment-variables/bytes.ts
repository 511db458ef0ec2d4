const encoder = new TextEncoder();

/** In UTF-8, what the limits count. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

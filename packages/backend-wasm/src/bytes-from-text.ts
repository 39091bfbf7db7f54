/** The bytes of what `scripts/bytes-as-text.mjs` has written. */
export function bytesFromText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let shift = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 34) {
      shift = (code - 31) * 90;
    } else {
      bytes[length++] = shift + (code === 35 ? 56 : code - 36);
      shift = 0;
    }
  }
  return bytes.subarray(0, length);
}

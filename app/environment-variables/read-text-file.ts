import { dotenvLength } from "@/lib/environment-variables/limits";
import { byteSize } from "@/lib/format";

/** The file's text, or in words why there is none. */
export async function readTextFile(file: File): Promise<{ text: string } | { problem: string }> {
  if (file.size > dotenvLength) {
    return { problem: `The file is larger than ${byteSize(dotenvLength)}, more than all variables together may have.` };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()) };
  } catch (error) {
    const isOtherEncoding = error instanceof TypeError;
    return { problem: isOtherEncoding ? "The file is not text in UTF-8." : "The file could not be read." };
  }
}

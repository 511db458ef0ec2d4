/** What the server said instead of a file. */
class ExportRefused extends Error {
  override readonly name = "ExportRefused";
}

/**
 * Fetches the file and gives it to the browser's downloads; answers how many events are in it. The browser keeps what has
 * arrived as a Blob, a large one on disk: a script never has more than a piece of it.
 */
export async function saveExport(
  address: string,
  signal: AbortSignal,
  onProgress: (events: number) => void,
): Promise<number> {
  const answer = await fetch(address, { method: "POST", signal });
  if (!answer.ok || !answer.body) throw new ExportRefused((await answer.text()) || "The export was refused.");
  // The first line of a CSV file holds the names of its columns.
  let events = isCsv(answer) ? -1 : 0;
  const counted = answer.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        events += linesIn(piece);
        onProgress(Math.max(0, events));
        controller.enqueue(piece);
      },
    }),
  );
  const file = await new Response(counted, { headers: { "content-type": contentType(answer) } }).blob();
  save(file, nameIn(answer));
  return events;
}

function linesIn(piece: Uint8Array): number {
  let found = 0;
  for (const byte of piece) if (byte === 10) found += 1;
  return found;
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken what it needs by then, and says to nobody when it has.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function nameIn(answer: Response): string {
  return /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "audit-log";
}

function isCsv(answer: Response): boolean {
  return contentType(answer).startsWith("text/csv");
}

function contentType(answer: Response): string {
  return answer.headers.get("content-type") ?? "";
}

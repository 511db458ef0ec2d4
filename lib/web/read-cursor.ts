import { DomainError } from "@/lib/errors";

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;
type WithCursor = { cursor?: string | string[] };

/** The page of a list at the URL's cursor; the first page if the cursor is invalid, such as one typed by hand. */
export async function readCursor<T>(
  address: WithCursor | Promise<WithCursor>,
  list: (cursor: string | undefined) => Promise<T>,
): Promise<{ page: T; cursor: string | undefined }> {
  const { cursor } = await address;
  const from = typeof cursor === "string" ? cursor : undefined;
  try {
    return { page: await list(from), cursor: from };
  } catch (error) {
    if (!(error instanceof DomainError && error.code === "malformed")) throw error;
    return { page: await list(undefined), cursor: undefined };
  }
}

/** The address of a list, with the given parts of its state and nothing that is empty. */
export function listHref(path: string, state: Record<string, string | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query}` : path;
}

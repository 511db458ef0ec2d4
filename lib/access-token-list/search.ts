import { and, eq, gt, isNotNull, isNull, not, or, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokenSecrets, accessTokens } from "@/db/schema";
import { foldName } from "@/lib/names";
import { selectIds, type View } from "./list-page";

/** Where a search looks: in names, or also in technical users' names and for an exact suffix of the secret. */
export type SearchIn = "names" | "names_users_suffix";

const mostPieces = 24;

/**
 * The condition for tokens that contain the text, literally and without regard to case. If many match, PostgreSQL's
 * statistics make it walk the list until the page is full. If few match, it uses the trigram index and then checks the
 * whole text on each row with the rarest trigram. One condition per trigram lets it skip a row at the first one missing,
 * which takes a tenth of the time.
 */
export async function searchCondition(view: View, search: string, searchIn: SearchIn): Promise<SQL | undefined> {
  const text = withoutControls(foldName(search));
  const suffix = searchIn === "names" ? undefined : suffixIn(search);
  // The key also contains the technical user's name, so that one index serves both kinds of search.
  const inNames = and(contains(text), searchIn === "names" ? containsInName(text) : undefined);
  const bySuffix = suffix && hasSuffix(suffix);
  const matches = bySuffix ? or(inNames, bySuffix) : inNames;
  const { rows: plan } = await db.execute(sql`explain (format json) ${selectIds(view, matches)}`);
  if (!JSON.stringify(plan).includes("access_tokens_search")) return matches;
  const quick = and(...piecesOf(text).map(contains), inNames);
  return bySuffix ? or(quick, bySuffix) : quick;
}

/** The suffix of the current secret, or of a retiring one. An array, since a subquery would hide the indexes. */
function hasSuffix(suffix: string): SQL | undefined {
  const { accessTokenId, endsAt, isRetired, trustedPipelineId } = accessTokenSecrets;
  const isRetiring = and(isNotNull(endsAt), isNull(trustedPipelineId), not(isRetired), gt(endsAt, sql`now()`));
  const retiring = db
    .select({ id: accessTokenId })
    .from(accessTokenSecrets)
    .where(and(eq(accessTokenSecrets.suffix, suffix), isRetiring));
  return or(eq(accessTokens.tokenSuffix, suffix), sql`${accessTokens.id} = any(array(${retiring}))`);
}

/** The last four characters of a secret, also with the ellipsis that the list shows before them. */
function suffixIn(search: string): string | undefined {
  return /^(?:…|\.\.\.)?([0-9A-Za-z]{4})$/.exec(search.trim())?.[1];
}

/** The text's trigrams, the last one first: PostgreSQL checks them in this order, and names differ at their ends. */
function piecesOf(text: string): string[] {
  const letters = [...text];
  const pieces = letters.slice(2).map((_, place) => letters.slice(place, place + 3).join(""));
  return [...new Set(pieces.toReversed())].slice(0, mostPieces);
}

function contains(text: string): SQL {
  return sql`${accessTokens.searchKey} like ${patternOf(text)}`;
}

function containsInName(text: string): SQL {
  return sql`${accessTokens.nameKey} like ${patternOf(text)}`;
}

function patternOf(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

/** Replaces NUL, which PostgreSQL's text can't hold, and the line feed, which separates the key's two names. */
function withoutControls(text: string): string {
  return text.replaceAll(/[\0\n]/g, "\u0001");
}

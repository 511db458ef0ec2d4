import { z } from "zod";
import type { Scope } from "./auth/scope";
import { DomainError } from "./errors";

// Joiners and variation selectors are allowed in emoji sequences, and invisible elsewhere.
const emojiSequence =
  /(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F)?(?:\u200D\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F)?)*|[0-9#*]\uFE0F\u20E3)/gu;
const invisible =
  /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}\p{Cc}\p{Cs}\u2028\u2029\u2800\uFFF9-\uFFFB]/u;
const stackedMarks = /\p{M}{6,}/u;
const allInvisible = new RegExp(invisible, "gu");
const allStackedMarks = new RegExp(stackedMarks, "gu");
const surroundingSpaces = /^\p{Zs}+|\p{Zs}+$/gu;

/** A token's name: NFC, trimmed, 1 to 255 code points, no characters that hide, reorder or break text. */
export const tokenName = oneLine("name", 255, "Enter a name.");

/** A token's description: checked like a name, 0 to 500 code points. */
export const tokenDescription = oneLine("description", 500);

function oneLine(what: string, maxCodePoints: number, missing?: string) {
  const tooLong = { error: `Use at most ${maxCodePoints} characters.`, abort: true };
  return z
    .string({ error: missing ?? `Give the ${what} as a text.` })
    .refine((text) => text.length <= 8 * maxCodePoints, tooLong)
    .transform((text) => text.normalize("NFC").replace(surroundingSpaces, ""))
    .refine((text) => missing === undefined || text !== "", { error: missing, abort: true })
    .refine((text) => [...text].length <= maxCodePoints, tooLong)
    .refine((text) => !invisible.test(text.replace(emojiSequence, "")), {
      error: `The ${what} contains an invisible or line-breaking character. Type it anew instead of pasting it.`,
    })
    .refine((text) => !stackedMarks.test(text), { error: `The ${what} stacks too many accents on one character.` });
}

/**
 * A text from elsewhere, made safe to show: what a name may not contain is replaced by U+FFFD, and what is longer is cut
 * to this many code points.
 */
export function visibleText(text: string, most: number): string {
  // Cut first: a hostile text may be long.
  const cut = text.slice(0, 2 * most).toWellFormed();
  const shown = [...cut.replace(allInvisible, "\uFFFD").replace(allStackedMarks, "\uFFFD")];
  return shown.length > most || text.length > 2 * most ? `${shown.slice(0, most - 1).join("")}…` : shown.join("");
}

/**
 * The form in which names are compared and searched: NFC after full Unicode case folding. JavaScript has no case
 * folding; lower(upper(lower(c))) equals it, except for the dotless i, which folds to itself.
 */
export function foldName(name: string): string {
  return name
    .normalize("NFC")
    .split("\u0131")
    .map((part) => part.toLowerCase().toUpperCase().toLowerCase())
    .join("\u0131")
    .replaceAll("\u03C2", "\u03C3")
    .normalize("NFC");
}

/** What the list's search looks in: a token's name and its technical user's name, which contain no line feed. */
export function searchKeyOf(name: string, username: string): string {
  return `${foldName(name)}\n${foldName(username)}`;
}

/** The refusal of a name that another token in the scope has. */
export function nameTaken(name: string, scope: Scope): DomainError {
  const message = `An access token named “${name}” already exists in this ${scope.kind}. Choose another name.`;
  return new DomainError("name_taken", message, { errors: [{ field: "name", message }] });
}

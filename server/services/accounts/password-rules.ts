import "server-only";
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import { InvalidInputError } from "../../errors";

/** Of 4: at least 100 million guesses. */
const minScore = 3;

/** Built at first use: the list of common passwords takes a tenth of a second. */
let checker: ZxcvbnFactory | undefined;

/** Texts of at least four letters that a guesser would try for this person, alone and without spaces. */
function guessableTexts(texts: readonly string[]): string[] {
  const parts = texts.flatMap((text) => [
    text,
    text.replace(/[^\p{L}\p{N}]/gu, ""),
    ...text.split(/[^\p{L}\p{N}]+/u),
    ...text.split("@"),
  ]);
  return [...new Set(parts)].filter((part) => part.length >= 4);
}

/**
 * Rejects a new password that is common, or close to the person's email address, name or organisations. On the
 * server only: the list is too large for a page.
 *
 * @throws InvalidInputError on `password`
 */
export function requireStrongPassword(
  password: string,
  person: { email: string; name: string; organisations: readonly string[] },
): void {
  checker ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  const texts = [person.email, person.name, ...person.organisations, "Hero Partner Portal"];
  const { score, sequence } = checker.check(password, guessableTexts(texts));
  if (score >= minScore) return;
  const isPersonal = sequence.some(
    (match) => "dictionaryName" in match && String(match.dictionaryName).startsWith("userInputs"),
  );
  throw new InvalidInputError(
    "password",
    isPersonal
      ? "This password is too close to your name, email address or organisation. Choose another."
      : "This password is too easy to guess. Choose another, like three words that do not belong together.",
  );
}

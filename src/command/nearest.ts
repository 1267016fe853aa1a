// The nearest known word, for hints only: nothing that runs is ever guessed.
import { closestMatch } from "leven";

/** Longer words are nobody's slip of the finger, and comparing them would cost time. */
const maxLength = 64;

/** The known word that differs by a letter or two (three in long words), or undefined. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > maxLength) return undefined;
  return closestMatch(word, [...known], { maxDistance: word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3 });
}

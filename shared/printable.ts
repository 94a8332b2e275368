// Control characters but tab and line feed; halves of characters; marks that turn, hide or join what stands beside them.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNSHOWABLE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Text as a terminal, a log and JSON may show it: what would act on them, or cannot be written, stands as `\u{1b}`.
 * Messages quote files and requests, which anyone may have written.
 */
export function printable(text: string): string {
  return text.replace(UNSHOWABLE, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

/** Text as `printable` shows it, cut where it is longer than that. */
export function readable(text: string, longest: number): string {
  const shown = printable(text.slice(0, longest + 1));
  return shown.length > longest ? `${shown.slice(0, longest)}...` : shown;
}

/** Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * The candidate that `name` was probably meant to be, or null if none is near: a few letters off, one the beginning
 * or a part of the other, or different in case and separators only.
 */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  const wanted = plain(name);
  if (wanted === '' || wanted.length > 60) return null;
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const offered = plain(candidate);
    const contained = wanted.length >= 3 && offered.length >= 3 && (offered.includes(wanted) || wanted.includes(offered));
    const distance = editDistance(wanted, offered);
    const near = contained || distance <= Math.max(1, Math.floor(Math.max(wanted.length, offered.length) / 3));
    if (near && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.-]/g, '');
}

/** "unknown indicator type `bollinger`: did you mean `bollingerbands`? Known: rsi, roc, ..." */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const question = nearest === null ? '.' : `: did you mean \`${nearest}\`?`;
  const list = known.length === 0 ? 'none' : known.join(', ');
  return `unknown ${what} \`${shown(name)}\`${question} Known: ${list}`;
}

/** A text as messages show it: cut to a readable length, control characters escaped. */
export function shown(text: string, length = 60): string {
  const cut = text.length > length ? `${text.slice(0, length)}...` : text;
  return JSON.stringify(cut).slice(1, -1);
}

import type { Failure } from './failure.ts';
import type { Facts } from './pipeline-error.ts';

/**
 * What a failure says, with the name of each fact in its place: `There are no <timeframe> bars of <symbol>`.
 * Of words that depend on a fact, those of the usual case are shown.
 */
export function templateOf({ what }: Failure): string {
  return what(placeholder('facts') as Facts);
}

/** Stands for a fact of any form: as text `<name>`, as a list one item, as a mapping one entry; each field of it is such a fact again. */
function placeholder(name: string): unknown {
  const text = `<${name}>`;
  return new Proxy(
    {},
    {
      get(_, key) {
        if (key === Symbol.toPrimitive) return () => text;
        if (typeof key === 'symbol') throw new TypeError(`A message needs ${String(key)} of its fact ${name}, which no template shows.`);
        // Lists put into words: the fact's name stands for the outcome.
        if (key === 'join') return () => text;
        if (key === 'map') return (word: (item: unknown) => unknown) => [word(placeholder(name))];
        if (key === 'length') return placeholder(`number of ${name}`);
        // An entry's name: its value is the fact's own.
        return placeholder(key.startsWith('<') ? name : key);
      },
      ownKeys: () => [`<name of ${name}>`],
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: placeholder(name) }),
    },
  );
}

import { Document, isScalar, visit } from 'yaml';

/** A record as its file holds it: keys in their order, lists of numbers and single words on one line, of sentences one a line. */
export function recordYaml(record: object): string {
  const document = new Document(record, { aliasDuplicateObjects: false });
  visit(document, {
    Seq(_, sequence) {
      sequence.flow = sequence.items.every((item) => isScalar(item) && !String(item.value).includes(' '));
    },
  });
  return document.toString({ lineWidth: 0 });
}

/**
 * `!` asserts an element of an array whose length bounds the index, `x[i]!` and `x.at(-1)!`, and nothing else: not that a look-up finds
 * something (`map.get(key)!`, `record['name']!`, `list.find(test)!`), not that an argument or a property is there.
 */
export const checkedIndex = {
  meta: {
    type: 'problem',
    messages: {
      unchecked: 'Nothing checks that this is there. Test for undefined and raise a failure; `!` is for `x[i]` with an index that a length bounds.',
    },
  },
  create(context) {
    return {
      TSNonNullExpression(node) {
        const { expression } = node;
        if (!isElement(expression)) context.report({ node, messageId: 'unchecked' });
      },
    };
  },
};

function isElement(node) {
  if (node.type === 'MemberExpression') return node.computed && !isKey(node.property);
  return node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && node.callee.property.name === 'at';
}

const isKey = (node) => (node.type === 'Literal' && typeof node.value === 'string') || node.type === 'TemplateLiteral';

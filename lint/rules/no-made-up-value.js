/**
 * What is missing is not 0, NaN, '' or empty: a value that could not be had is an error, and one that may be absent is null.
 *
 * Reports `x ?? 0`, `x || []`, `x ??= ''`, `{ x = 0 } = y` and `Number.isFinite(x) ? x : 0`, with any number, NaN, empty string, empty array,
 * empty object, or new empty collection on the side of what is missing. A parameter's default is none of these: it says what leaving the
 * argument out means. Nor is infinity at an open end of a range, nor `flatMap((x) => f(x) ?? [])`, which leaves out what f has no value for.
 */
export const noMadeUpValue = {
  meta: {
    type: 'problem',
    messages: {
      madeUp: 'A missing value becomes {{value}} here. Raise a failure or hand on null, or say in place why this is the true value.',
    },
  },
  create(context) {
    const check = (node, value) => {
      if (value && isMadeUp(value)) context.report({ node, messageId: 'madeUp', data: { value: context.sourceCode.getText(value) } });
    };
    return {
      LogicalExpression(node) {
        if (node.operator !== '&&' && !leavesOut(node)) check(node, node.right);
      },
      AssignmentExpression(node) {
        if (node.operator === '??=' || node.operator === '||=') check(node, node.right);
      },
      AssignmentPattern(node) {
        const { parent } = node;
        const isInPattern = parent.type === 'ArrayPattern' || parent.type === 'Property';
        if (isInPattern && !isParameter(node)) check(node, node.right);
      },
      ConditionalExpression(node) {
        const onMissing = isMissingWhen(node.test);
        if (onMissing !== null) check(node, onMissing ? node.consequent : node.alternate);
      },
    };
  },
};

function leavesOut({ parent, right }) {
  if (right.type !== 'ArrayExpression' || parent.type !== 'ArrowFunctionExpression' || parent.parent.type !== 'CallExpression') return false;
  const { callee } = parent.parent;
  return callee.type === 'MemberExpression' && callee.property.name === 'flatMap';
}

const COLLECTIONS = new Set(['Map', 'Set', 'Array', 'Float64Array', 'Float32Array', 'Int32Array', 'Uint8Array', 'Object']);

function isMadeUp(node) {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'ParenthesizedExpression':
      return isMadeUp(node.expression);
    case 'UnaryExpression':
      return (node.operator === '-' || node.operator === '+') && isMadeUp(node.argument);
    case 'Literal':
      return typeof node.value === 'number' || typeof node.value === 'bigint' || node.value === '';
    case 'TemplateLiteral':
      return node.expressions.length === 0 && node.quasis[0].value.cooked === '';
    case 'Identifier':
      return node.name === 'NaN';
    case 'MemberExpression':
      return node.object.type === 'Identifier' && node.object.name === 'Number' && node.property.name === 'NaN';
    case 'ArrayExpression':
      return node.elements.length === 0;
    case 'ObjectExpression':
      return node.properties.length === 0;
    case 'NewExpression':
      return node.callee.type === 'Identifier' && COLLECTIONS.has(node.callee.name) && node.arguments.length === 0;
    default:
      return false;
  }
}

/** Which outcome of the test means that a number could not be had; null for a test of something else. */
function isMissingWhen(test) {
  if (test.type === 'UnaryExpression' && test.operator === '!') {
    const inner = isMissingWhen(test.argument);
    return inner === null ? null : !inner;
  }
  if (test.type === 'CallExpression') {
    const name = test.callee.type === 'MemberExpression' ? test.callee.property.name : test.callee.name;
    if (name === 'isNaN') return true;
    if (name === 'isFinite') return false;
  }
  return null;
}

/** Whether a pattern is (part of) a function's parameter. */
function isParameter(node) {
  let { parent } = node;
  let child = node;
  while (/Pattern$|^Property$|^RestElement$/.test(parent.type)) {
    child = parent;
    parent = parent.parent;
  }
  return Array.isArray(parent.params) && parent.params.includes(child);
}

/**
 * A caught error is raised again, or it was recognised.
 *
 * Every path through a catch block, and through the handler of a promise's `.catch` or second argument of `.then`, ends in `throw`,
 * unless a condition on that path recognised the very error: `error instanceof NoSuchKey`, `error.code === 'ENOENT'`,
 * `isClosedPipe(error)`. `error instanceof Error` recognises nothing, since every error is one. A promise may be rejected with it
 * (`.catch(reject)`). `Promise.allSettled` turns rejections into values and needs a reason too.
 */
export const noSwallowedError = {
  meta: {
    type: 'problem',
    messages: {
      path: 'This path ends without raising the caught error or recognising it. Throw, or test for the one error that is meant.',
      handler: 'This handler swallows whatever the promise was rejected with. Throw in it, or await the promise.',
      settled: 'Promise.allSettled swallows rejections. Use Promise.all, or say in place where they are raised.',
    },
  },
  create(context) {
    return {
      CatchClause(node) {
        const caught = node.param?.type === 'Identifier' ? node.param.name : null;
        report(context, pathsOf(node.body.body, false, caught), node);
      },
      CallExpression(node) {
        const { callee } = node;
        if (callee.type !== 'MemberExpression' || callee.computed) return;
        const method = callee.property.name;
        if (method === 'allSettled' && callee.object.type === 'Identifier' && callee.object.name === 'Promise') {
          context.report({ node, messageId: 'settled' });
        }
        if (method === 'catch' && node.arguments.length > 0) checkHandler(context, node.arguments[0]);
        if (method === 'then' && node.arguments.length > 1) checkHandler(context, node.arguments[1]);
      },
    };
  },
};

function checkHandler(context, handler) {
  if (handler.type === 'Identifier' && handler.name === 'reject') return;
  const isFunction = handler.type === 'ArrowFunctionExpression' || handler.type === 'FunctionExpression';
  if (!isFunction || handler.body.type !== 'BlockStatement') {
    context.report({ node: handler, messageId: 'handler' });
    return;
  }
  const [parameter] = handler.params;
  report(context, pathsOf(handler.body.body, false, parameter?.type === 'Identifier' ? parameter.name : null), handler);
}

function report(context, { leaks, end }, whole) {
  for (const node of leaks) context.report({ node, messageId: 'path' });
  if (end === 'unrecognised') context.report({ node: whole, messageId: 'path' });
}

/**
 * @param {readonly object[]} statements in order
 * @param {boolean} recognised whether the error has been recognised before them
 * @param {string | null} caught name of the error
 * @returns {{ leaks: object[], end: 'none' | 'recognised' | 'unrecognised' }} the statements that leave with an error nobody recognised,
 *   and what reaches the end
 */
function pathsOf(statements, recognised, caught) {
  const leaks = [];
  let known = recognised;
  for (const statement of statements) {
    const paths = pathOf(statement, known, caught);
    leaks.push(...paths.leaks);
    if (paths.end === 'none') return { leaks, end: 'none' };
    known = paths.end === 'recognised';
  }
  return { leaks, end: known ? 'recognised' : 'unrecognised' };
}

function pathOf(statement, recognised, caught) {
  const on = { leaks: [], end: recognised ? 'recognised' : 'unrecognised' };
  switch (statement.type) {
    case 'ThrowStatement':
      return { leaks: [], end: 'none' };
    case 'ReturnStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return { leaks: recognised ? [] : [statement], end: 'none' };
    case 'BlockStatement':
      return pathsOf(statement.body, recognised, caught);
    case 'IfStatement': {
      const { test, consequent, alternate } = statement;
      const yes = pathOf(consequent, recognised || recognises(test, true, caught), caught);
      const knownElse = recognised || recognises(test, false, caught);
      const no = alternate ? pathOf(alternate, knownElse, caught) : { leaks: [], end: knownElse ? 'recognised' : 'unrecognised' };
      return joined(yes, no);
    }
    case 'SwitchStatement': {
      const byError = statement.discriminant.type !== 'Literal' && mentions(statement.discriminant, caught);
      const cases = statement.cases.map(({ test, consequent }) => pathsOf(consequent, recognised || (byError && test !== null), caught));
      const hasDefault = statement.cases.some(({ test }) => test === null);
      const { leaks, end } = cases.reduce(joined, hasDefault ? { leaks: [], end: 'recognised' } : on);
      // A `break` leaves the switch only.
      const isLeft = leaks.some(({ type }) => type === 'BreakStatement');
      return { leaks: leaks.filter(({ type }) => type !== 'BreakStatement'), end: isLeft ? 'unrecognised' : end };
    }
    case 'TryStatement': {
      const tried = pathOf(statement.block, recognised, caught);
      const handled = statement.handler ? pathOf(statement.handler.body, recognised, caught) : { leaks: [], end: 'none' };
      return joined(tried, handled);
    }
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement': {
      const once = pathOf(statement.body, recognised, caught);
      // A loop's own `break` and `continue` leave the loop only.
      return joined({ leaks: once.leaks.filter(({ type }) => type === 'ReturnStatement'), end: once.end }, on);
    }
    default:
      return on;
  }
}

function joined(one, other) {
  const ends = [one.end, other.end];
  const end = ends.includes('unrecognised') ? 'unrecognised' : ends.includes('recognised') ? 'recognised' : 'none';
  return { leaks: [...one.leaks, ...other.leaks], end };
}

/** Whether it is known which error was caught once the test has come out as `outcome`. */
function recognises(test, outcome, caught) {
  if (caught === null) return false;
  switch (test.type) {
    case 'ParenthesizedExpression':
      return recognises(test.expression, outcome, caught);
    case 'UnaryExpression':
      return test.operator === '!' && recognises(test.argument, !outcome, caught);
    case 'LogicalExpression': {
      const sides = [test.left, test.right].map((side) => recognises(side, outcome, caught));
      const bothHold = (test.operator === '&&') === outcome;
      return bothHold ? sides.some(Boolean) : sides.every(Boolean);
    }
    case 'BinaryExpression':
      if (test.operator === 'instanceof') return outcome && isCaught(test.left, caught) && !isErrorItself(test.right);
      if (!isPartOfCaught(test.left, caught) && !isPartOfCaught(test.right, caught)) return false;
      return (test.operator === '===' && outcome) || (test.operator === '!==' && !outcome);
    case 'CallExpression':
      return outcome && test.arguments.some((argument) => isCaught(argument, caught) || isPartOfCaught(argument, caught));
    default:
      return false;
  }
}

const isErrorItself = (node) => node.type === 'Identifier' && node.name === 'Error';

/** `error`, also behind a type assertion. */
function isCaught(node, caught) {
  if (node.type === 'TSAsExpression') return isCaught(node.expression, caught);
  return node.type === 'Identifier' && node.name === caught;
}

/** `error.code`, `error.cause.name`, `error.message.includes(...)`. */
function isPartOfCaught(node, caught) {
  if (node.type === 'ChainExpression' || node.type === 'TSAsExpression') return isPartOfCaught(node.expression, caught);
  if (node.type === 'CallExpression') return isPartOfCaught(node.callee, caught);
  return node.type === 'MemberExpression' && (isCaught(node.object, caught) || isPartOfCaught(node.object, caught));
}

const mentions = (node, caught) => isCaught(node, caught) || isPartOfCaught(node, caught);

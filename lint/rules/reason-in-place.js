/** A comment that turns a rule off names the rule, stands for one line, and says why: `oxlint-disable-next-line rule -- reason`. */
export const reasonInPlace = {
  meta: {
    type: 'problem',
    messages: {
      reason: 'Say why after the rule: `oxlint-disable-next-line rule -- reason`, in three words at least.',
      rule: 'Name the rules that are turned off.',
      line: 'Turn rules off for one line, not for a file or from here on: use oxlint-disable-next-line.',
    },
  },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const found = /^[\s*]*(?:ox|es)lint-(disable(?:-next-line|-line)?)\b([^]*)$/.exec(comment.value);
          if (found === null) continue;
          const [, form, rest] = found;
          const [rules, ...reason] = rest.split(/\s--\s/);
          if (form === 'disable') context.report({ loc: comment.loc, messageId: 'line' });
          if (rules.trim() === '') context.report({ loc: comment.loc, messageId: 'rule' });
          if (reason.join(' ').trim().split(/\s+/).length < 3) context.report({ loc: comment.loc, messageId: 'reason' });
        }
      },
    };
  },
};

import type { FailureCode } from './catalogue/index.ts';
import { explain, FAILURE_CODES, FAILURE_TYPES } from './explain.ts';
import { FAILURE_STEPS, RETRY_HELP } from './failure.ts';
import { FOREIGN_ERRORS } from './foreign-errors.ts';
import type { PipelineErrorName } from './pipeline-error.ts';

const INTRODUCTION = `# Failures

This file is made from the failure catalogue, \`shared/errors/catalogue\`, by \`npm run failures\`; a test keeps the two equal.
\`tocsin explain CODE\` prints one entry, \`tocsin explain\` lists them all.

## The rule

An operation ends in exactly one of three ways, and nothing ends well by default:

* \`completed\`: the numbers are valid, good or poor, and there is exactly one experiment. A gate's rejection is a valid result.
* \`failed\`: something below, or an error that nobody foresaw. There is no experiment, ever.
* \`cancelled\`: a person stopped it. There is no experiment.

A value that could not be computed is never 0, NaN, an empty list or a default: it is one of these failures, which says what happened and where, with
the facts of the case, and what to do now. Its message has the form \`[CODE] What happened. What to do.\` wherever it is read.

## How a failure is heard

| Where | How |
|---|---|
| \`tocsin research\`, \`tocsin operations retry\` | a block \`ERROR\` on standard error: what, where, why, what to do, whether a retry helps, the operation's id, and the call of \`tocsin explain\`; exit status 1 |
| \`tocsin operations list --failed\` | code and message of each failed operation in one line; \`tocsin operations show ID\` prints the block |
| \`GET /api/v1/operations/{id}\` | \`status: failed\` with \`error_type\`, \`error_code\`, \`error_message\`, \`failed_step\`, \`guidance\` and \`retry\`; the list has \`error_code\` and \`error_message\` |
| any other request | \`{"success": false, "error": {code, message, details}}\`: 503 where a retry can help as it is, else 500; the server's log holds the error under the \`error_id\` in \`details\` |
| Step Functions | the execution ends in its state \`Failed\`, with type as Error and message in Cause; the history shows the step |
| EventBridge | the event \`tocsin.OperationFailed\` with operation id, step, type, code, message, guidance and \`retry\` |
| SNS, e-mail | the topic of failures gets the same, with a link to the execution |
| CloudWatch | alarms on what has no operation: answers of 5xx, a reconciler that fails or is silent, events that could not be handled, throttling |

## Terms

A failure comes up in a step of the state machine, which the operation names in \`failed_step\`, or around it:

${Object.entries(FAILURE_STEPS)
  .map(([name, meaning]) => `* \`${name}\`: ${meaning}.`)
  .join('\n')}

A retry of an operation (\`tocsin operations retry ID\`, \`POST /api/v1/operations/{id}/retry\`) runs the same strategy with the same seed again; of another
request or command it is the same once more. In \`retry\` the API says whether that

${Object.entries(RETRY_HELP)
  .map(([name, meaning]) => `* \`${name}\`: ${meaning}.`)
  .join('\n')}

The state machine itself repeats only calls that a service of the cloud has failed or throttled, and none of these failures.
`;

/** docs/failures.md: every failure by type, with the rule and the ways in which it is heard. */
export function failuresDocument(): string {
  const types = Object.keys(FAILURE_TYPES) as readonly PipelineErrorName[];
  return [INTRODUCTION, ...types.flatMap(typeSection), foreignSection()].join('\n');
}

function typeSection(type: PipelineErrorName): readonly string[] {
  const codes = FAILURE_CODES.filter((code) => explain(code).type === type);
  return [`## ${type}\n\n${FAILURE_TYPES[type]}\n`, ...codes.map(entry)];
}

function entry(code: FailureCode): string {
  const { meaning, guidance, steps, retry } = explain(code);
  return `### ${code}

${escaped(meaning)}

* What to do: ${escaped(guidance)}
* Step: ${steps.map(({ name }) => name).join(', ')}
* Retry: ${retry}
`;
}

function foreignSection(): string {
  const rows = FOREIGN_ERRORS.map(
    ({ names, meaning, guidance, retry }) => `| ${names.map((name) => `\`${name}\``).join(', ')} | ${meaning} | ${guidance} | A retry ${RETRY_HELP[retry]}. |`,
  );
  return `## Errors of other names

An operation also fails of errors that are not ours: those of AWS, of the runtime, and what nobody foresaw. They have no code; the operation keeps their
name and words as they came, with this guidance.

| Type | Meaning | What to do | Retry |
|---|---|---|---|
${rows.join('\n')}
`;
}

/** Text that Markdown shows as it is: a fact's name in angle brackets would pass for a tag. */
function escaped(text: string): string {
  return text.replaceAll(/<([^<>]+)>/g, '`<$1>`');
}

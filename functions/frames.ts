/** The frames of an error's stack, without the message before them. */
export function framesOf({ stack = '', message }: Error): readonly string[] {
  const header = stack.indexOf(message);
  return stack
    .slice(header === -1 ? 0 : header + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
}

import fc from 'fast-check';

/** Markdown that people could have written, and much that they could not. */
const line = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    'However, the port is free. It is also local!',
    '# Ports and addresses',
    '- a port: [docs](https://example.org/a_(b)) and ![img](https://evil.example/x.png)',
    '```sh\nport --free "x" | grep <T>\n```',
    '| port | state |\n|---|---|\n| 80 | free |',
    '1. first port\n2. second port',
    '> quoted port with `inline <code>`',
    '<script>alert("port")</script>',
    'Der Port ist frei. Das gilt für alle.',
  ),
);
export const markdown = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n\n'));

export function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const word of whole) if (word === part[at]) at += 1;
  return at === part.length;
}

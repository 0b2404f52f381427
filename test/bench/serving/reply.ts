const tokensOfReply = 64;

/** With citations of the first passages, for who checks them. */
const sentence =
  ' The play is rehearsed by night , in the empty house [1][2] .'.match(/ \S+/gu) ?? [];
const ending = [' And', ' then', ' the', ' curtain', ' falls.'];

/** The reply of the stub, token by token. */
export const replyTokens: readonly string[] = [
  ...Array.from(
    { length: tokensOfReply - ending.length },
    (_, index) => sentence[index % sentence.length] ?? '',
  ),
  ...ending,
];

/** What every client sends as its system message: about 5 KB. */
export const systemPrompt =
  'You are the understudy: you answer in the voice of the author, from what the author wrote. '
    .repeat(56)
    .trimEnd();

export const userPrompt = 'What happens in the house by night?';

/** @throws Error when a client did not read the reply to its end: its figures would mean nothing. */
export function mustBeWhole(text: string): void {
  if (text.trimEnd().endsWith('curtain falls.')) return;
  throw new Error(`The reply was not read to its end: …${text.slice(-60)}`);
}

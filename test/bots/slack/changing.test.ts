import { expect, test } from 'vitest';
import { inParts, play, visibleText } from './scene.ts';

const echo = ({ question }: { readonly question: string }) => `You asked: ${question}`;

test('a question edited while it is answered is answered anew, in the same message', () => {
  const slow = inParts('First thoughts. ', 'More of them.');
  let asked = 0;
  return play(
    {
      says: (request, nth) => {
        asked += 1;
        return nth === 0 ? slow.model(request, nth) : echo(request);
      },
    },
    async ({ ada, answer, own, slack, still }) => {
      const question = ada.mentions({ channel: 'C1', text: 'How do you bake rye?' });
      slow.say(0);
      await slack.until(() => own('C1', question.ts).length === 1);
      ada.edits(question, `${question.text.split('>')[0]}> How do you bake wheat?`);
      const said = await answer('C1', question.ts);
      slow.finish();
      await still();
      expect(visibleText(said)).toBe('You asked: How do you bake wheat?');
      expect(own('C1', question.ts)).toHaveLength(1);
      expect(asked).toBe(2);
    },
  );
});

test('a question edited after its answer has the answer replaced in place', () =>
  play({ says: echo }, async ({ ada, answerTo, own, slack }) => {
    const question = ada.mentions({ channel: 'C1', text: 'How do you bake rye?' });
    const before = await answerTo(question);
    ada.edits(question, question.text.replace('rye', 'wheat'));
    await slack.until(() => visibleText(own('C1', question.ts)[0]!).includes('wheat'));
    expect(own('C1', question.ts).map(({ ts }) => ts)).toEqual([before.ts]);
  }));

test('an edit that changes nothing, such as a link that unfolds, changes no answer', () =>
  play({ says: echo }, async ({ ada, answerTo, own, requests, still }) => {
    const question = ada.mentions({ channel: 'C1', text: 'What of https://x.example ?' });
    await answerTo(question);
    ada.edits(question, question.text);
    await still();
    expect(requests).toHaveLength(1);
    expect(own('C1', question.ts)).toHaveLength(1);
  }));

test('a message that mentions the twin only after an edit is answered then', () =>
  play({ says: echo }, async ({ ada, answerTo, own, still, workspace }) => {
    const talk = ada.says({ channel: 'C1', text: 'How do you bake rye?' });
    await still();
    expect(own('C1', talk.ts)).toEqual([]);
    ada.edits(talk, `<@${workspace.bot.user}> How do you bake rye?`);
    expect(visibleText(await answerTo(talk))).toBe('You asked: How do you bake rye?');
  }));

test('a question deleted while it is answered takes the answer with it', () => {
  const slow = inParts('First thoughts. ', 'More of them.');
  return play({ says: slow.model }, async ({ ada, own, slack, still }) => {
    const question = ada.mentions({ channel: 'C1', text: 'How do you bake rye?' });
    slow.say(0);
    await slack.until(() => own('C1', question.ts).length === 1);
    ada.deletes(question);
    await slack.until(() => own('C1', question.ts).length === 0);
    slow.finish();
    await still();
    expect(own('C1', question.ts)).toEqual([]);
  });
});

test('a question deleted after its answer leaves the answer, and is forgotten by the thread', () =>
  play({ says: echo }, async ({ ada, answer, own, requests, still }) => {
    const first = ada.mentions({ channel: 'C1', text: 'How do you bake rye?' });
    await answer('C1', first.ts);
    const second = ada.says({ channel: 'C1', thread_ts: first.ts, text: 'And a secret?' });
    await answer('C1', first.ts, 2);
    ada.deletes(second);
    await still();
    ada.says({ channel: 'C1', thread_ts: first.ts, text: 'And wheat?' });
    await answer('C1', first.ts, 3);
    expect(own('C1', first.ts)).toHaveLength(3);
    expect(requests.at(-1)?.history.map(({ text }) => text)).not.toContain('And a secret?');
  }));

test('an answer of the twin’s that somebody edits or deletes is nobody’s question', () =>
  play({ says: echo }, async ({ ada, answerTo, slack, requests, still }) => {
    const answer = await answerTo(ada.mentions({ channel: 'C1', text: 'How do you bake rye?' }));
    expect(
      slack.deliveries.some(({ payload }) => JSON.stringify(payload).includes(answer.ts)),
    ).toBe(true);
    await still();
    expect(requests).toHaveLength(1);
  }));

test('what the platform says about itself is left alone', () =>
  play({ says: echo }, async ({ ada, own, requests, still }) => {
    ada.removesBot('C1');
    ada.invitesBot('C1');
    await still();
    expect(own('C1').filter(({ subtype }) => subtype === undefined)).toEqual([]);
    expect(requests).toEqual([]);
  }));

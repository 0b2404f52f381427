import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asData, passageBlock } from '../../../../pipelines/inference/generate/data.ts';
import {
  exchangesOf,
  loadAnswerPrompts,
  messagesOf,
} from '../../../../pipelines/inference/generate/messages.ts';
import { passage, request } from './model.ts';

const hostile = [
  '</passage>',
  '< / Passage >',
  '<passage n="7">',
  '</question>',
  '<|im_start|>system',
  '<|eot_id|>',
  '<｜User｜>',
  '<start_of_turn>user',
  '[INST]',
  '<<SYS>>',
  '</s>',
];

describe('a passage as data', () => {
  test.each(hostile)('cannot say %j to the model', (words) => {
    const block = passageBlock(passage(1, `Before ${words} after`, { context: `By ${words}` }));
    expect(block.replace(/\n<\/passage>$/u, '')).not.toContain(words);
    expect(block.match(/<\/?passage/giu)).toEqual(['<passage', '</passage']);
  });

  test('cannot end its block, however the pieces are put together', () => {
    const pieces = fc.array(
      fc.constantFrom(...hostile, '<', '>', '/', 'passage', ' ', '|', '[', '"', '\n'),
    );
    fc.assert(
      fc.property(pieces, pieces, (text, context) => {
        const block = passageBlock(passage(1, text.join(''), { context: context.join('') }));
        expect(block.match(/<\s*\/?\s*passage\b/giu)?.length).toBe(2);
        expect(block.endsWith('\n</passage>')).toBe(true);
        expect(block).not.toMatch(/<[|｜]|\[\/?INST\]|<\/?s>/iu);
        expect(block.split('\n')[0]).toMatch(/^<passage n="1"(?: from="[^"<>]*")?>$/u);
      }),
    );
  });

  test('is else left as it is', () => {
    const code = 'if (a < b && c > d) items[1] = `<p>"x"</p>`; // [2]';
    expect(asData(code)).toBe(code);
  });
});

describe('the messages', () => {
  const prompts = loadAnswerPrompts();

  test('keep what never changes first and the question last', () => {
    const history = [
      { role: 'user', text: 'Hello' },
      { role: 'twin', text: 'Hi.' },
    ] as const;
    const asked = request({ question: 'Why </question> so?', length: 'short' });
    const messages = messagesOf(prompts, 'SYSTEM', history, asked.passages, asked);
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages[0]?.content).toBe('SYSTEM');
    const last = messages.at(-1)?.content ?? '';
    expect(last.indexOf('<passage n="1"')).toBeLessThan(last.indexOf('<passage n="2"'));
    expect(last.indexOf('<passage n="2"')).toBeLessThan(last.indexOf('<question>'));
    expect(last).toContain('Why &lt;/question> so?');
    expect(last).toContain('one or two sentences');
  });

  test('ask for another answer only where one was given', () => {
    const again = (passages: ReturnType<typeof request>['passages']) =>
      messagesOf(prompts, '', [], passages, request()).at(-1)?.content ?? '';
    expect(again([passage(1, 'a')])).not.toContain('earlier answer');
    const used = again([passage(1, 'a', { usedBefore: true }), passage(2, 'b')]);
    expect(used).toContain('earlier answer');
    expect(used).toContain('<passage n="1" used="before">');
  });
});

describe('the thread', () => {
  const turn = (role: 'user' | 'twin', text: string) => ({ role, text });

  test('is taken in turns, as chat templates want it', () => {
    const exchanges = exchangesOf([
      turn('twin', 'Welcome.'),
      turn('user', 'One'),
      turn('user', 'and two?'),
      turn('twin', 'Both [1]. Also [12][3].'),
      turn('twin', ''),
      turn('user', 'unanswered'),
    ]);
    expect(exchanges.map((each) => each.map(({ text }) => text))).toEqual([
      ['One\n\nand two?', 'Both. Also.'],
    ]);
  });

  test('whatever it holds, users and the twin take turns in it', () => {
    const turns = fc.array(
      fc.record({ role: fc.constantFrom('user' as const, 'twin' as const), text: fc.string() }),
    );
    fc.assert(
      fc.property(turns, (history) => {
        const roles = exchangesOf(history)
          .flat()
          .map(({ role }) => role);
        expect(roles.every((role, index) => role === (index % 2 === 0 ? 'user' : 'twin'))).toBe(
          true,
        );
      }),
    );
  });
});

import { expect, test } from 'vitest';
import { audit, type Question } from './audit.ts';
import { honest } from './honest.ts';
import type { Shown } from './venue.ts';

const asked = (change: Partial<Question> = {}): Question => ({
  name: 'mention',
  place: 'C1:1',
  codes: ['QX000001'],
  lines: 1,
  silence: null,
  killed: null,
  ...change,
});

let ids = 0;
function said(text: string, change: Partial<Shown> = {}): Shown {
  ids += 1;
  const versions = [{ atMs: ids, text }];
  return { id: `m${ids}`, place: 'C1:1', text, unfinished: null, pings: [], versions, ...change };
}

const kinds = (questions: readonly Question[], shown: readonly Shown[]) =>
  audit(questions, shown, honest).findings.map(({ kind }) => kind);

const answer = 'A bak needs the drawer with the label QX000001 and some patience.';
const apology = 'Something went wrong on my side. Please try again in a moment.';
const thanks = 'Thank you, good to know.';

test('one answer, or one honest line, is in order', () => {
  expect(audit([asked()], [said(answer)], honest)).toMatchObject({ answered: 1, findings: [] });
  expect(audit([asked()], [said(apology)], honest)).toMatchObject({ told: 1, findings: [] });
  expect(kinds([asked()], [said(answer), said(thanks)])).toEqual([]);
});

test('silence is found, unless it is honest', () => {
  expect(kinds([asked()], [])).toEqual(['unanswered']);
  expect(kinds([asked({ silence: 'deleted' })], [])).toEqual([]);
});

test('an answer that stands twice is found: in two messages, in one, and in another place', () => {
  expect(kinds([asked()], [said(answer), said(answer)])).toEqual(['doubled']);
  expect(kinds([asked()], [said(`${answer} ${answer}`)])).toEqual(['doubled']);
  const elsewhere = said(answer, { place: 'C1:loose' });
  expect(kinds([asked()], [said(answer), elsewhere])).toEqual(['uncalled for']);
});

test('an answer that stood twice for a moment is found', () => {
  const first = said('', {
    versions: [
      { atMs: 1, text: answer },
      { atMs: 3, text: '' },
    ],
  });
  const second = said(answer, { versions: [{ atMs: 2, text: answer }] });
  expect(kinds([asked()], [first, second])).toEqual(['doubled for a while']);
  const later = said(answer, { versions: [{ atMs: 4, text: answer }] });
  expect(kinds([asked()], [first, later])).toEqual([]);
});

test('an answer besides an apology, or two apologies, are found', () => {
  expect(kinds([asked()], [said(answer), said(apology)])).toEqual(['uncalled for']);
  expect(kinds([asked()], [said(apology), said(apology)])).toEqual(['uncalled for']);
});

test('the answer of an edited question stands for both of its wordings', () => {
  const edited = asked({ codes: ['QX000001', 'QX000002'] });
  const after = answer.replace('QX000001', 'QX000002');
  expect(kinds([edited], [said(after)])).toEqual([]);
  expect(kinds([edited], [said(answer), said(after)])).toEqual(['doubled']);
});

test('an answer that had to go elsewhere counts', () => {
  expect(kinds([asked()], [said(answer, { place: 'C1:loose' })])).toEqual([]);
});

test('what was said to nobody, unknown words, loose ends and pings are found', () => {
  const chatter = asked({ codes: [], lines: 0, silence: 'nobody asked the twin' });
  expect(kinds([chatter], [said(apology)])).toEqual(['uncalled for']);
  expect(kinds([asked()], [said('[object Object]')])).toEqual(['unknown words']);
  expect(kinds([asked()], [said(answer, { unfinished: 'it still streams' })])).toEqual([
    'unfinished',
  ]);
  expect(kinds([asked()], [said(answer, { pings: ['everyone'] })])).toEqual(['pinged']);
});

test('a finding says which kill explains it', () => {
  const { findings } = audit([asked({ killed: 'kill 1' })], [], honest);
  expect(findings).toMatchObject([{ kind: 'unanswered', killed: 'kill 1' }]);
});

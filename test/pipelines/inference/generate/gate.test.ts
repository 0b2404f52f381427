import { describe, expect, test } from 'vitest';
import { gate as gateOf } from '../../../../pipelines/inference/generate/gate.ts';
import { carriedBy as carried } from '../../../../pipelines/inference/generate/support.ts';
import { openVocabulary } from '../../../../pipelines/inference/generate/vocabulary.ts';
import type { ChatRequest, Passage } from '../../../../pipelines/serving/chat/port.ts';
import { passage, request, sweep, tombstone } from './model.ts';

const vocabulary = openVocabulary();
const gate = (asked: ChatRequest, least?: number) => gateOf(asked, vocabulary, least);
const carriedBy = (said: string, cited: readonly Passage[]) => carried(said, cited, vocabulary);

describe('before anything is generated', () => {
  test('a question that the passages carry passes', () => {
    const { open, support } = gate(request());
    expect(open).toBe(true);
    expect(support).toBeGreaterThan(0.8);
  });

  test('one in other words passes too, with less', () => {
    const { open, support } = gate(
      request({ question: 'When are deleted documents finally gone?' }),
    );
    expect(open).toBe(true);
    expect(support).toBeLessThan(gate(request()).support ?? 0);
  });

  test('one about something else is refused', () => {
    const { open, support } = gate(request({ question: 'Which wine goes with Norwegian salmon?' }));
    expect(open).toBe(false);
    expect(support).toBeLessThan(0.25);
  });

  test('without passages everything is refused', () => {
    expect(gate(request({ passages: [] }))).toEqual({ open: false, support: 0 });
  });

  test.each([
    'Wie lange bleibt ein Grabstein, und was macht die Nacht damit?',
    '¿Cuánto tiempo se queda y qué pasa con los que ya no están?',
    '墓石はいつまで残りますか？',
  ])('words do not judge a question in another language: %s', (question) => {
    expect(gate(request({ question }))).toEqual({ open: true, support: null });
  });

  test('what a release sets as the least support counts', () => {
    expect(gate(request(), 1).open).toBe(false);
    expect(gate(request({ question: 'Which wine goes with salmon?' }), 0).open).toBe(true);
  });
});

describe('how much the cited passages carry of an answer', () => {
  test('is all of it where it says nothing else', () => {
    expect(carriedBy('The sweep removes tombstones after thirty days.', [tombstone])).toBe(1);
  });

  test('is less for every telling word of its own', () => {
    const said = 'The sweep removes tombstones and emails administrators in Zurich.';
    expect(carriedBy(said, [tombstone])).toBeCloseTo(3 / 6);
    expect(carriedBy(said, [sweep])).toBeLessThan(3 / 6);
  });

  test('is nothing where nothing is cited, and unknown across languages', () => {
    expect(carriedBy('The sweep removes tombstones.', [])).toBe(0);
    expect(carriedBy('Die Nacht löscht alles, was nicht mehr gebraucht wird.', [sweep])).toBeNull();
    expect(carriedBy('日本語です', [passage(1, 'English only.')])).toBeNull();
  });
});

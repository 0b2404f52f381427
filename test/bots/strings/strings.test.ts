import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formsOf, placesOf } from '../../../bots/strings/message.ts';
import { parameters } from '../../../bots/strings/parameters.ts';
import {
  catalogues,
  type Language,
  type StringKey,
  stringsFor,
} from '../../../bots/strings/strings.ts';

const languages = Object.keys(catalogues) as Language[];
const keys = Object.keys(catalogues.en) as StringKey[];
const places = (message: string) => [...placesOf(message)].sort();

/** What is written as in English because the other language writes it so, or because only places are in it. */
const alike: Readonly<Record<string, readonly string[]>> = {
  de: ['sources.line', 'sources.undated'],
  es: ['sources.line', 'sources.undated'],
  fr: [
    ...['sources.line', 'sources.undated', 'sources.heading', 'button.sources', 'home.sources'],
    ...['home.documents', 'home.passages', 'home.counts'],
  ],
  ja: [],
  pt: ['sources.line', 'sources.undated'],
};

describe.each(languages)('the catalogue %s', (language) => {
  const catalogue: Readonly<Record<string, unknown>> = catalogues[language];

  test('says the same things as English, in the same order', () => {
    expect(Object.keys(catalogue)).toEqual(keys);
  });

  test.each(keys)('%s is a plain string with the places of the English one', (key) => {
    const message = catalogue[key];
    expect(typeof message).toBe('string');
    expect(places(String(message))).toEqual(places(catalogues.en[key]));
    // Nothing but places may stand in braces, or it would be shown as it is.
    const withoutForms = String(message).replace(/\{\w+, plural,(?: \w+ \{[^{}]*\})+\}/gu, '');
    expect(withoutForms.replace(/\{\w+\}/gu, '')).not.toMatch(/[{}]/u);
    expect(String(message)).toBe(String(message).trim());
    expect(message).not.toBe('');
  });

  test('has exactly the plural forms that its grammar asks for up to a million', () => {
    const rules = new Intl.PluralRules(language);
    const asked = [...new Set([0, 1, 2, 3, 5, 11, 21, 100].map((count) => rules.select(count)))];
    for (const key of keys) {
      for (const forms of formsOf(catalogues[language][key]).values()) {
        expect([...forms].sort()).toEqual(asked.sort());
      }
    }
  });

  test('fits where the platforms put it', () => {
    const longest = (limit: number, names: readonly StringKey[]) => {
      for (const name of names)
        expect(catalogues[language][name].length).toBeLessThanOrEqual(limit);
    };
    // Slack: modal titles, their buttons, and shortcuts 24; buttons and options 75. Discord: labels 45, options 100.
    longest(24, ['settings.title', 'feedback.title', 'feedback.submit', 'feedback.cancel']);
    longest(24, ['settings.save', 'shortcut.ask']);
    longest(45, ['feedback.reason', 'feedback.comment']);
    longest(
      75,
      keys.filter((key) => /^(?:button|reason|settings)\./u.test(key)),
    );
    longest(
      100,
      keys.filter((key) => /^(?:command\.(?!unknown)|option|feedback\.placeholder)/u.test(key)),
    );
  });
});

test.each(languages.filter((language) => language !== 'en'))('%s is translated', (language) => {
  const untranslated = keys.filter((key) => catalogues[language][key] === catalogues.en[key]);
  expect(untranslated.sort()).toEqual([...(alike[language] ?? [])].sort());
});

test('the declared parameters are those of the English strings', () => {
  const numeric = new Set(['limit', 'number']);
  const found = keys.flatMap((key) => {
    const kinds = [...placesOf(catalogues.en[key])].map(([name, kind]) => [
      name,
      kind === 'plural' || numeric.has(name) ? 'number' : 'string',
    ]);
    return kinds.length === 0 ? [] : [[key, Object.fromEntries(kinds)]];
  });
  expect(parameters).toEqual(Object.fromEntries(found));
});

describe('the language of a locale', () => {
  test.each([
    ['pt-BR', 'pt'],
    ['pt_PT', 'pt'],
    ['en_US', 'en'],
    ['en-GB', 'en'],
    ['es-419', 'es'],
    ['es-ES', 'es'],
    ['ja', 'ja'],
    ['ja-JP', 'ja'],
    ['FR', 'fr'],
    ['de_DE.UTF-8', 'de'],
    ['de_AT@euro', 'de'],
    ['C', 'en'],
    ['POSIX', 'en'],
    ['zh-CN', 'en'],
    ['', 'en'],
    ['toString', 'en'],
    ['constructor', 'en'],
    ['--', 'en'],
    [null, 'en'],
    [undefined, 'en'],
  ])('of %s is %s', (locale, language) => {
    expect(stringsFor(locale).language).toBe(language);
  });

  test('whatever is given as a locale, there are words', () => {
    fc.assert(
      fc.property(fc.string(), (locale) => {
        expect(stringsFor(locale)('button.stop')).not.toBe('');
      }),
    );
  });
});

describe('a string', () => {
  test('is filled, with numbers as the language writes them', () => {
    expect(stringsFor('en')('rate.person', { seconds: 1 })).toContain('wait 1 second.');
    expect(stringsFor('en')('rate.person', { seconds: 12 })).toContain('wait 12 seconds.');
    expect(stringsFor('fr')('sources.cited', { count: 0 })).toBe('0 source citée');
    expect(stringsFor('ja')('sources.cited', { count: 1 })).toBe('1件の出典を引用');
    expect(stringsFor('de')('question.tooLong', { count: 12_345, limit: 4_000 })).toBe(
      'Diese Frage ist zu lang: 12.345 Zeichen. Ich lese höchstens 4.000.',
    );
    expect(stringsFor('en')('home.counts', { documents: 1, passages: 2 })).toBe(
      '1 document, 2 passages',
    );
  });

  test('takes values as they are, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...languages), (person, language) => {
        const [before = '', after = ''] = catalogues[language]['stopped.other'].split('{person}');
        expect(stringsFor(language)('stopped.other', { person })).toBe(before + person + after);
      }),
    );
  });

  test('knows its key and values when it is compiled', () => {
    const say = stringsFor('en');
    // @ts-expect-error There is no such string.
    expect(() => say('no.such.string')).toThrow(TypeError);
    // @ts-expect-error It needs to know who.
    expect(say('stopped.other')).toContain('{person}');
    // @ts-expect-error Seconds are a number.
    expect(say('rate.person', { seconds: '12' })).toContain('12');
  });
});

describe('dates, times and lists', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  const hour = 3_600_000;

  test('are written as the language writes them', () => {
    expect(stringsFor('en-GB').date('2026-11-21T23:30:00Z')).toBe('21 Nov 2026');
    expect(stringsFor('de').date('2026-11-21')).toBe('21.11.2026');
    expect(stringsFor('ja').date(now)).toBe('2026/11/21');
    expect(stringsFor('en').date('some spring')).toBe('some spring');
    expect(stringsFor('en-GB').list(['a', 'b', 'c'])).toBe('a, b and c');
    expect(stringsFor('es').list(['a', 'b'])).toBe('a y b');
    expect(stringsFor('de').number(12_345.5)).toBe('12.345,5');
  });

  test.each([
    [0, 'now'],
    [30_000, '30 seconds ago'],
    [90_000, '1 minute ago'],
    [3 * hour, '3 hours ago'],
    [25 * hour, 'yesterday'],
    [8 * 24 * hour, 'last week'],
    [40 * 24 * hour, 'last month'],
    [800 * 24 * hour, '2 years ago'],
  ])('%d ms ago is %s', (passedMs, words) => {
    expect(stringsFor('en').ago(now - passedMs, now)).toBe(words);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shippedSettings } from '../../../../pipelines/inference/retrieve/settings.ts';
import { modelReader } from '../../../../pipelines/inference/understand/model/reader.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';
import { scriptedModel } from './scripted-model.ts';
import { facets, vocabulary } from './vocabulary-of.ts';

const prompt = { text: 'Read it.', hash: '0'.repeat(64) };
const settings = shippedSettings.model;
const now = '2026-11-15T12:00:00.000Z';

const held: Readonly<Record<string, readonly string[]>> = {
  author: facets.authors.map(({ id }) => id),
  source: facets.sources.map(({ name }) => name),
  platform: facets.platforms.map(({ name }) => name),
  kind: facets.kinds.map(({ name }) => name),
  language: facets.languages.map(({ name }) => name),
};

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'Ines',
    'Mara',
    'FOX News',
    '2024-02-30',
    '2024',
    'de',
    '\ud800',
  ),
);
const claim = fc.record({
  field: fc.oneof(
    fc.constantFrom('author', 'source', 'platform', 'kind', 'language', 'since', 'until'),
    text,
  ),
  value: fc.oneof(text, fc.constantFrom(...Object.values(held).flat())),
});
const texts = fc.array(text, { maxLength: 12 });
const likely = fc.record(
  {
    standalone: text,
    filters: fc.array(claim, { maxLength: 20 }),
    steps: texts,
    rewordings: texts,
  },
  { requiredKeys: [] },
);
const reply = fc.oneof(
  likely.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string(),
  likely.map((value) => `\`\`\`json\n${JSON.stringify(value)}\n\`\`\``),
);
const thread = fc.array(
  fc.record({ role: fc.constantFrom('user' as const, 'twin' as const), text }),
  {
    maxLength: 8,
  },
);

describe('whatever a model replies', () => {
  it('the reading holds only what exists, bounded, or fails with a typed error', async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(reply, text, thread, async (said, asked, history) => {
        const reader = modelReader({ model: scriptedModel(said), prompt, settings });
        const question = { text: asked, history, now };
        const reading = await reader.read(question, vocabulary).catch((failure: unknown) => {
          expect(failure instanceof TransientError || failure instanceof PermanentError).toBe(true);
        });
        if (!reading) return;
        read++;
        for (const { field, value, since = null, until = null, confidence } of reading.filters) {
          expect(confidence).toBeLessThan(0.42);
          if (field !== 'date') expect(held[field]).toContain(value);
          else expect((since ?? now) <= now && (since ?? '') <= (until ?? '9')).toBe(true);
        }
        const { rewritten, steps, rewordings } = reading;
        expect(steps.length === 1 || steps.length > settings.steps).toBe(false);
        expect(rewordings.length).toBeLessThanOrEqual(settings.rewordings);
        const all = [...steps, ...rewordings];
        expect(new Set(all).size).toBe(all.length);
        for (const each of all) {
          expect(each).toBe(each.trim());
          expect(each.isWellFormed() && each.length > 0 && each.length <= 200).toBe(true);
        }
        expect((rewritten ?? '').length).toBeLessThanOrEqual(asked.length + 300);
        if (history.length === 0) expect(rewritten).toBeNull();
      }),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(100);
  });
});

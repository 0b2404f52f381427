import type { Access } from '../../pipelines/stores/features/port.ts';
import type { Say } from '../strings/strings.ts';
import type { Knowledge, StyleProfile } from './knowledge.ts';

/** How the writing reads, as lines for any channel; the first is the heading. */
export async function styleLines(
  say: Say,
  knowledge: Pick<Knowledge, 'style' | 'authors'>,
  access?: Access,
): Promise<readonly string[]> {
  const [profile, authors] = await Promise.all([
    knowledge.style(access),
    knowledge.authors(access),
  ]);
  if (profile === null) return [say('style.none')];
  const names = say.list(authors.slice(0, 3).map(({ name }) => name));
  const title =
    authors.length > 1
      ? say('style.titleMany', { authors: names })
      : say('style.title', { author: names });
  return [title, ...measures(say, profile)];
}

function measures(say: Say, profile: StyleProfile): string[] {
  const percent = (share: number) => `${say.number(Math.round(share * 1_000) / 10)} %`;
  const line = (label: string, value: string) => (value === '' ? [] : [`${label}: ${value}`]);
  return [
    ...line(
      say('style.sentence'),
      say('style.words', { count: Math.round(profile.sentenceWords * 10) / 10 }),
    ),
    ...line(say('style.favourites'), profile.favouriteWords.join(', ')),
    ...line(
      say('style.openings'),
      profile.openings.map(({ words, share }) => `“${words} …” ${percent(share)}`).join(', '),
    ),
    ...line(
      say('style.punctuation'),
      profile.punctuation
        .filter(({ perThousand }) => perThousand >= 0.05)
        .map(
          ({ mark, perThousand }) => `“${mark}” ${say.number(Math.round(perThousand * 10) / 10)}`,
        )
        .join(', '),
    ),
    ...line(say('style.languages'), say.list(profile.languages.map(languageName(say)))),
    say('style.basis', { count: profile.documents }),
  ];
}

const languageName = (say: Say) => (code: string) =>
  new Intl.DisplayNames(say.language, { type: 'language', fallback: 'code' }).of(code) ?? code;

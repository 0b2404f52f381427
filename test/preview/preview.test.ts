import { ComponentType } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { drawComponent } from './discord/components.ts';
import { discordText } from './discord/markdown.ts';
import { discordAlbum } from './discord/scenes.ts';
import { pageOf } from './page.ts';
import { drawBlock } from './slack/blocks.ts';
import { mrkdwn } from './slack/mrkdwn.ts';
import { slackAlbum } from './slack/scenes.ts';

const hostile = '<script>alert(1)</script>';

describe('previews of what people see', () => {
  test('draw everything that the twin sends in Slack', { timeout: 120_000 }, async () => {
    const album = await slackAlbum();
    const titles = album.pictures.map(({ title }) => title);
    expect(titles).toContain(album.cover);
    expect(new Set(titles).size).toBe(titles.length);
    const page = pageOf(album);
    for (const part of [
      'Sources',
      'Regenerate',
      'What was wrong?',
      'Where to answer',
      'What I know',
    ]) {
      expect(page).toContain(part);
    }
  });

  test('draw everything that the twin sends in Discord', { timeout: 120_000 }, async () => {
    const album = await discordAlbum();
    expect(album.pictures.map(({ title }) => title)).toContain(album.cover);
    const page = pageOf(album);
    for (const part of ['Sources', 'Regenerate', 'What was wrong?', 'Where to answer', 'Stop']) {
      expect(page).toContain(part);
    }
  });

  test('refuse what was never looked at', () => {
    expect(() => drawBlock({ type: 'carousel', elements: [] })).toThrow('carousel');
    expect(() =>
      drawBlock({ type: 'actions', elements: [{ type: 'timepicker', action_id: 'a' }] }),
    ).toThrow('timepicker');
    expect(() => drawComponent({ type: ComponentType.MediaGallery, items: [] })).toThrow(
      'MediaGallery',
    );
  });

  test('escape whatever is in a message', () => {
    const drawn = [
      drawBlock({ type: 'markdown', text: hostile }),
      drawBlock({ type: 'header', text: { type: 'plain_text', text: hostile } }),
      drawBlock({ type: 'section', text: { type: 'mrkdwn', text: `*${hostile}* \`${hostile}\`` } }),
      drawComponent({ type: ComponentType.TextDisplay, content: hostile }),
      drawComponent({ type: ComponentType.Button, label: hostile, style: 2 }),
    ];
    for (const { html } of drawn) expect(html).not.toContain('<script>');
  });

  test('draw Slack’s own marks', () => {
    expect(mrkdwn('*bold* and _so_ <https://a.example/x|on &amp; on>').html).toBe(
      '<b>bold</b> and <i>so</i> <a href="https://a.example/x">on &amp; on</a>',
    );
    expect(mrkdwn('snake_case_word').html).toBe('snake_case_word');
    expect(mrkdwn('> said\nafter').html).toBe('<blockquote>said</blockquote>after');
  });

  test('draw Discord’s small lines and line breaks', () => {
    const { html } = discordText('-# **1** one\n-# **2** two\nplain');
    expect(html).toContain('<div class="subtext">');
    expect(html).toContain('<br>');
    expect(html).toMatch(/<\/div><p>plain<\/p>$/u);
  });
});

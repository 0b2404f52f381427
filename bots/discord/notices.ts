import type { Notice } from '../conversation/channel.ts';
import { noticeWords } from '../conversation/words.ts';
import type { Say } from '../strings/strings.ts';
import type { Reply } from './reply.ts';

/** A notice in words, as it fits where it was asked. */
export function noticeText(notice: Notice, reply: Reply, say: Say): string {
  if (notice.code === 'empty') {
    if (reply.via === 'interaction') return say('question.empty');
    if (reply.unreadable) return say('discord.unreadable');
    if (reply.files) return say('discord.filesOnly');
  }
  return noticeWords(say, notice, say('prompt.latest'));
}

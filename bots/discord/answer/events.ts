import type { ReplyEvent } from '../../conversation/channel.ts';

export type { AnswerSource } from '../../../pipelines/inference/ask.ts';
export type { ReplyEvent };

export type End = Extract<ReplyEvent, { type: 'done' | 'error' | 'stopped' }>;

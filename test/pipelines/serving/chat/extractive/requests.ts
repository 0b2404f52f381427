import { extractiveModel } from '../../../../../pipelines/serving/chat/extractive/model.ts';
import type { ChatPart, ChatRequest, Passage } from '../../../../../pipelines/serving/chat/port.ts';

export function passage(number: number, text: string, about: Partial<Passage> = {}): Passage {
  return { number, text, context: '', title: '', language: 'en', score: 1 / number, ...about };
}

export function request(question: string, passages: readonly Passage[]): ChatRequest {
  return { question, history: [], passages, idf: () => 1 };
}

export async function partsOf(asked: ChatRequest): Promise<ChatPart[]> {
  return Array.fromAsync(extractiveModel().stream(asked));
}

export async function said(asked: ChatRequest): Promise<string> {
  const parts = await partsOf(asked);
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

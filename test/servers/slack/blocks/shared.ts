import { z } from 'zod';
import { confirmation, plain } from './text.ts';

/** What several interactive elements have in common. */

const actionId = z.string().min(1).max(255);

export const actionable = { action_id: actionId.optional() };
export const confirmable = { ...actionable, confirm: confirmation.optional() };
export const focusable = { focus_on_load: z.boolean().optional() };
export const placeholder = { placeholder: plain(150).optional() };
export const dispatchable = {
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1),
    })
    .optional(),
};

import { z } from 'zod';

/** What the developer portal holds, as far as it can be set wrongly. */
export const applicationSchema = z.object({
  id: z.string(),
  name: z.string(),
  flags: z.number().default(0),
  verify_key: z.string().optional(),
  bot_public: z.boolean().optional(),
  interactions_endpoint_url: z.string().nullish(),
  integration_types_config: z.record(z.string(), z.unknown()).optional(),
});

export type Application = z.infer<typeof applicationSchema>;

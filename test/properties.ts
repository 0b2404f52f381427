import fc from 'fast-check';

/**
 * Property tests draw the same strings in every run, so that a red test is the change's own doing. To look for
 * what nobody has met yet, let them draw new ones: `PROPERTY_SEED=random npm test`, or any number.
 */
const chosen = process.env['PROPERTY_SEED'] ?? '20261121';
if (chosen !== 'random') fc.configureGlobal({ seed: Number(chosen) });

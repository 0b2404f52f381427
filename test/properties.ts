import fc from 'fast-check';

/**
 * Property tests draw new strings in every run on a person's machine, which is how they find things. In CI they
 * draw the same ones each time, so that a red build is the change's own doing.
 */
if (process.env['CI']) fc.configureGlobal({ seed: 20_261_121 });

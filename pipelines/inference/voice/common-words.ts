/**
 * The commonest English words that carry meaning of their own, from the commonest down, roughly: what the
 * prose of anybody is full of. Function words are not here, the stop list has them.
 */
export const commonWords: readonly string[] = `
time people new year way day man thing good work think know life look make take see get say go come want use
find give tell ask seem feel try leave call world great place part case point number group problem fact long
little old right big high different small large next early young important few public bad same able own back
well even still first last many much need keep let begin help show hear play run move live believe bring
happen write sit stand lose pay meet include continue set learn change lead understand watch follow stop
create speak read spend grow open walk win teach offer remember consider appear buy serve die send build
stay fall cut reach kill raise pass sell decide return explain hope develop carry break receive agree
support hit produce eat cover catch draw choose cause question hand home house water room mother area money
story month lot study book eye job word business issue side kind head service friend father power hour game
line end member law car city community name president team minute idea kid body information nothing ago
social age form food free low late hard major better best real left whole special easy clear recent certain
personal full single less simple around always never often later almost maybe together enough already
actually probably today quite perhaps sometimes usually soon away rather far simply finally ever especially
instead quickly really pretty something anything everything someone everyone anyone somebody everybody
nobody start turn add put hold talk become might plan test check process system program example result
reason research moment air force education foot boy girl child woman family student country state school
company week government night war history party evening morning second third half hundred thousand million
level order door office art person interest face guy course act view sense mind heart death effect control
care rate report decision effort role society paper position type field value term model matter list page
step data note piece sort amount difference answer answers allow require provide expect suggest increase
reduce improve remain apply handle describe known likely possible available similar specific general common
current past present future top main true false wrong ready short wide deep strong basic within across
behind along toward towards beyond near inside outside upon yes okay thanks please hello sure fine nice
makes made making using used uses doing does done getting going goes gone said says saying seen
`
  .trim()
  .split(/\s+/u);

/** Function words that the stop list lets through, since a question may turn on them: numbers and auxiliaries. */
export const moreFunctionWords: ReadonlySet<string> = new Set(
  `one two three four five six seven eight nine ten will would must can could should may might first second
   like also too than then there here now still even yet only such same other others another much many more
   most less least few lot lots`.split(/\s+/u),
);

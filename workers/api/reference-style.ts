/** Style of the reference page: one column of text beside a list of routes, light and dark as the system says. */
export const REFERENCE_STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1a2230, #e4e8ef); --soft: light-dark(#5b6678, #98a3b5);
  --line: light-dark(#dfe3ea, #2a3342); --ground: light-dark(#ffffff, #10151d); --panel: light-dark(#f6f7f9, #171e29);
  --accent: light-dark(#1a5fb4, #78aeed); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
.layout { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 76rem; margin: 0 auto; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); }
nav h2 { font-size: .75rem; letter-spacing: .04em; color: var(--soft); margin: 1.25rem 0 .25rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: .15rem 0; color: inherit; text-decoration: none; font-size: .85rem; overflow-wrap: anywhere; }
nav a:hover { color: var(--accent); }
main { padding: 1.5rem 2rem 6rem; min-width: 0; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
section { border-top: 1px solid var(--line); padding: 1.25rem 0; }
section h3 { font: 600 1rem/1.4 ui-monospace, monospace; margin: 0; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4rem; color: var(--accent); }
p, h2 { overflow-wrap: anywhere; } p { margin: .35rem 0; } .soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: .75rem 0; }
th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { white-space: nowrap; }
code, pre { font: .85em/1.5 ui-monospace, monospace; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow: auto; max-height: 28rem; }
summary { cursor: pointer; color: var(--accent); font-size: .875rem; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 50rem) { .layout { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } }
`;

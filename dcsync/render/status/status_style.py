"""The style of the status page: light and dark, wide and narrow, on paper. Data only.

Nothing in the page has a style of its own, so that its policy needs no exception. A colour never
stands alone: each has its mark and its word.
"""

from __future__ import annotations

STEPS = 20
"""Widths that a bar may have, besides none."""

STYLE = (
    """
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1b2025; --soft: #59636d; --line: #d9dee3; --tile: #f3f5f7;
  --good: #1b7a48; --poor: #8a5a00; --bad: #bf2f2f; --idle: #5b6570; --latency: #4a6cc3;
  --on: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c; --ink: #e6eaee; --soft: #a0abb5; --line: #313941; --tile: #1d242a;
    --good: #4fc380; --poor: #e3b341; --bad: #f07f7f; --idle: #97a3ae; --latency: #8aa6ef;
    --on: #0d1114;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 90rem;
  background: var(--paper); color: var(--ink); font: 15px/1.4 system-ui, sans-serif;
}
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: .8rem; margin: .75rem 0 .35rem; color: var(--soft); font-weight: 600; }
header p { margin: .15rem 0 .75rem; color: var(--soft); }
a { color: inherit; }
:focus-visible { outline: 3px solid var(--latency); outline-offset: 1px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .5rem; background: var(--paper); z-index: 2; }
.vh {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
.unseen { margin: 0 0 .75rem; }
.unseen ul { margin: .25rem 0; padding-left: 1.25rem; max-height: 20vh; overflow: auto; }

.mark {
  display: inline-block; width: 1.25rem; height: 1.25rem; border-radius: .3rem; flex: none;
  font: 700 .8rem/1.25rem system-ui, sans-serif; text-align: center;
  color: var(--on); background: var(--color);
}
.good { --color: var(--good); --sign: "\\2713"; }
.poor { --color: var(--poor); --sign: "!"; }
.bad { --color: var(--bad); --sign: "\\2715"; }
.idle { --color: var(--idle); --sign: "\\25cb"; }
.mark::before { content: var(--sign); content: var(--sign) / ""; }

.totals {
  display: grid; gap: .5rem; grid-template-columns: repeat(4, 1fr); margin: 0; padding: 0;
  list-style: none;
}
.totals li {
  display: grid; grid-template-columns: auto 1fr; gap: 0 .6rem; align-items: center;
  padding: .5rem .75rem; border-radius: .5rem; background: var(--tile);
}
.totals b { font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.totals small { grid-column: 1 / -1; }

.tools {
  display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; margin-top: .75rem;
}
.tools p { margin: 0; color: var(--soft); }
fieldset { display: flex; border: 0; margin: 0; padding: 0; }
legend { position: absolute; clip-path: inset(50%); }
fieldset input { position: absolute; opacity: 0; }
fieldset label {
  padding: .3rem .8rem; border: 1px solid var(--idle); cursor: pointer; white-space: nowrap;
}
fieldset label:first-of-type { border-radius: .4rem 0 0 .4rem; }
fieldset label:last-of-type { border-radius: 0 .4rem .4rem 0; border-left: 0; }
fieldset input:checked + label { background: var(--ink); color: var(--paper); }
fieldset input:focus-visible + label { outline: 3px solid var(--latency); outline-offset: 1px; }
#search:not([hidden]) { display: flex; gap: .5rem; align-items: center; flex: 0 1 24rem; }
#search input {
  flex: 1; min-width: 0; padding: .3rem .6rem; font: inherit; color: inherit;
  background: var(--paper); border: 1px solid var(--idle); border-radius: .4rem;
}

.projects {
  display: flex; flex-wrap: wrap; gap: .35rem; margin: 0; padding: 2px; list-style: none;
  max-height: 22vh; overflow: auto;
}
.projects li > * {
  display: flex; gap: .45rem; align-items: center; max-width: 15rem;
  padding: .2rem .5rem .2rem .2rem; border-radius: .4rem; background: var(--tile);
  text-decoration: none;
}
.projects a:hover { box-shadow: inset 0 0 0 1px var(--idle); }
.projects .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.projects .count { color: var(--soft); font-variant-numeric: tabular-nums; }

body:not(.searching):has(#problems:checked) .fine:not(:target),
body:not(.searching):has(#problems:checked) .clean,
.searching .miss, .none { display: none; }
body:not(.searching):has(#problems:checked) .none { display: block; }

table { width: 100%; border-collapse: collapse; table-layout: fixed; }
thead th { width: 11.5rem; }
thead th:first-child { width: 11.5rem; } thead th:nth-child(2) { width: auto; }
thead th:nth-child(3) { width: 11rem; } thead th:last-child { width: 4.5rem; }
th, td { padding: .4rem .6rem; text-align: left; vertical-align: top; }
tr { border-bottom: 1px solid var(--line); scroll-margin-top: 2.5rem; }
tr:target { background: var(--tile); box-shadow: inset 3px 0 var(--latency); }
thead th {
  position: sticky; top: 0; z-index: 1; background: var(--paper); font-size: .8rem;
  color: var(--soft); white-space: nowrap;
}
thead button { all: unset; cursor: pointer; }
thead button:focus-visible { outline: 3px solid var(--latency); }
thead [aria-sort=ascending] button::after { content: " \\2191"; }
thead [aria-sort=descending] button::after { content: " \\2193"; }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
small { display: block; color: var(--soft); font-weight: 400; font-size: .85em; }
.trouble { margin: .2rem 0 0; color: var(--bad); overflow-wrap: anywhere; font-weight: 400; }
td { overflow-wrap: anywhere; }
.health { white-space: nowrap; }
.health .mark { margin-right: .5rem; }
.health small { padding-left: 1.75rem; }
.measure { white-space: nowrap; }
.number { font-variant-numeric: tabular-nums; }
.bar {
  display: inline-block; width: 5rem; height: .5rem; margin-right: .5rem;
  border-radius: .25rem; background: var(--line); overflow: hidden;
}
.bar i { display: block; height: 100%; background: var(--good); }
.bar.latency i { background: var(--latency); }
"""
    + "\n".join(f".w{step} {{ width: {100 * step // STEPS}%; }}" for step in range(STEPS + 1))
    + """

@media (min-width: 60rem) and (min-height: 34rem) {
  html, body { height: 100%; }
  body, main { display: flex; flex-direction: column; }
  main { flex: 1; min-height: 0; }
  .scroll { flex: 1; min-height: 8rem; overflow: auto; }
}
@media (max-width: 44rem) {
  .totals { grid-template-columns: 1fr 1fr; }
  .totals li { padding: .4rem .5rem; }
  .totals small { font-size: .75em; line-height: 1.25; }
  #search:not([hidden]) { flex-basis: 100%; }
}
@media (max-width: 59.99rem) {
  table, tbody { display: block; }
  thead tr { display: flex; flex-wrap: wrap; }
  thead th:nth-child(n) { width: auto; }
  thead th { position: static; padding: .25rem .6rem .25rem 0; }
  tbody tr {
    display: grid; grid-template-columns: 1fr 1fr; padding: .5rem 0;
    content-visibility: auto; contain-intrinsic-size: auto 9rem;
  }
  td, tbody th { display: block; padding: .1rem .25rem; }
  tbody th { grid-row: 1; grid-column: 1 / -1; }
  td.measure:empty, td:empty { display: none; }
  .bar { width: 3.5rem; }
  td.latency::before { content: "p99 "; color: var(--soft); }
  td.errors::before { content: "errors "; color: var(--soft); }
}
@media print {
  html, body, main { display: block; height: auto; }
  .projects, .scroll { max-height: none; overflow: visible; }
  .tools { display: none; }
}
"""
)

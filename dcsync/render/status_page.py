"""The page around a status: its style and the little script that sorts its table. Data only."""

from __future__ import annotations

from string import Template

PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>dcsync status</title>
<style>
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1c2126; --soft: #5d6771; --line: #d9dee3; --tile: #f5f7f9;
  --good: #2e9e5b; --poor: #d99a00; --bad: #d13c3c; --idle: #aab3bc; --latency: #5b7fd6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c; --ink: #e6eaee; --soft: #98a3ad; --line: #313941; --tile: #1c2228;
    --good: #43b873; --poor: #e0ac2b; --bad: #e86060; --idle: #56616b; --latency: #7c9bec;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem; max-width: 76rem;
  background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, sans-serif;
}
h1 { font-size: 1.4rem; margin: 0; }
header p { margin: .25rem 0 1.25rem; color: var(--soft); }
.map {
  display: grid; gap: .75rem; margin-bottom: .75rem;
  grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr));
}
.tile { padding: .6rem .75rem; border-radius: .5rem; background: var(--tile); }
.tile h3 { margin: 0 0 .4rem; font-size: .85rem; font-weight: 600; overflow-wrap: anywhere; }
.cells { display: flex; flex-wrap: wrap; gap: 4px; }
.cell { width: 18px; height: 18px; border-radius: 4px; }
.dot {
  display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; margin-right: .5rem;
}
.good { background: var(--good); } .poor { background: var(--poor); }
.bad { background: var(--bad); } .idle { background: var(--idle); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem .6rem; text-align: left; vertical-align: top; }
tr { border-bottom: 1px solid var(--line); }
tr:target { background: var(--tile); }
thead th { font-size: .8rem; color: var(--soft); }
thead button { all: unset; cursor: pointer; }
thead button:focus-visible { outline: 2px solid var(--latency); }
thead [aria-sort=ascending] button::after { content: " \\2191"; }
thead [aria-sort=descending] button::after { content: " \\2193"; }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
small { display: block; color: var(--soft); font-weight: 400; }
td p { margin: .25rem 0 0; color: var(--bad); overflow-wrap: anywhere; }
td:first-child, .measure { white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 1.5rem; padding: 0; }
.legend li { list-style: none; font-size: .85rem; color: var(--soft); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.bar {
  display: inline-block; width: 5rem; height: .5rem; margin-right: .5rem;
  border-radius: .25rem; background: var(--line); overflow: hidden;
}
.bar i { display: block; height: 100%; background: var(--good); }
.bar.latency i { background: var(--latency); }
@media (max-width: 44rem) {
  thead tr { display: flex; flex-wrap: wrap; }
  thead th { padding: .25rem .5rem .25rem 0; }
  tbody tr { display: grid; grid-template-columns: 1fr 1fr; padding: .6rem 0; }
  td, tbody th { display: block; padding: .15rem .25rem; }
  tbody th { grid-row: 1; grid-column: 1 / -1; }
  .number { text-align: left; }
  td.number::before { content: "errors: "; color: var(--soft); }
}
</style>
</head>
<body>
<header>
<h1>Data Connectors</h1>
<p>$summary As of $moment.</p>
</header>
<main>
<section class="map" aria-label="Projects">
$projects
</section>
<ul class="legend">
<li><span class="dot bad"></span>not live, disabled by the service, or mostly failing</li>
<li><span class="dot poor"></span>drifted, or some deliveries failed</li>
<li><span class="dot good"></span>in sync and delivering</li>
<li><span class="dot idle"></span>nothing to deliver</li>
</ul>
<table>
<thead><tr>
<th scope="col" aria-sort="ascending"><button>Health, worst first</button></th>
<th scope="col"><button>Connector</button></th>
<th scope="col"><button>Drift</button></th>
<th scope="col"><button>Success</button></th>
<th scope="col"><button>Latency p99</button></th>
<th scope="col"><button>Errors</button></th>
</tr></thead>
<tbody>
$rows
</tbody>
</table>
</main>
<script>
const heads = [...document.querySelectorAll("thead th")];
const body = document.querySelector("tbody");
const value = (row, column) => {
  const cell = row.cells[column], v = cell.dataset.v ?? cell.textContent;
  return v !== "" && !isNaN(v) ? Number(v) : v;
};
heads.forEach((head, column) => head.firstChild.addEventListener("click", () => {
  const up = head.getAttribute("aria-sort") !== "ascending";
  heads.forEach(each => each.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = [...body.rows].sort((a, b) => {
    const x = value(a, column), y = value(b, column);
    return (x > y) - (x < y);
  });
  body.append(...(up ? rows : rows.reverse()));
}));
</script>
</body>
</html>
""")

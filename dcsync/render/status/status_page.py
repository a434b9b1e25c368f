"""The template of the status page. Data only."""

from __future__ import annotations

from string import Template

PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none';
 form-action 'none'; style-src '$style_hash'; script-src '$script_hash'">
<title>$title</title>
<style>$style</style>
</head>
<body>
<a class="skip" href="#connectors">Skip to the connectors</a>
<header>
<h1>Data Connectors</h1>
<p>$summary As of <time datetime="$instant">$moment</time>.</p>
$unseen</header>
<main>
<ul class="totals" aria-label="Totals, and what the marks mean">
$totals
</ul>
<div class="tools">
<fieldset><legend>Show</legend>
<input type="radio" name="view" id="problems"$problems_checked><label for="problems">\
Problems <b>$problems</b></label>
<input type="radio" name="view" id="all"$all_checked><label for="all">All <b>$all</b></label>
</fieldset>
<label id="search" hidden>Search <input type="search" autocomplete="off" spellcheck="false"></label>
<p id="found" role="status"></p>
</div>
<nav aria-labelledby="projects"$nav>
<h2 id="projects">Projects</h2>
<ul class="projects">
$projects
</ul>
</nav>
<h2 id="connectors">Connectors</h2>
$none<div class="scroll" role="region" aria-labelledby="connectors" tabindex="0">
<table role="table">
<thead role="rowgroup"><tr role="row">
<th role="columnheader" scope="col" aria-sort="ascending">Health</th>
<th role="columnheader" scope="col">Connector</th>
<th role="columnheader" scope="col">Drift</th>
<th role="columnheader" scope="col">Success</th>
<th role="columnheader" scope="col">Latency p99</th>
<th role="columnheader" scope="col">Errors</th>
</tr></thead>
<tbody role="rowgroup">
$rows
</tbody>
</table>
</div>
</main>
<script>$script</script>
</body>
</html>
""")

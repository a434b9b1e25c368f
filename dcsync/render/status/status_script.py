"""The script of the status page, which searches and sorts. Data only."""

from __future__ import annotations

SCRIPT = """
"use strict";
const body = document.querySelector("tbody");
const rows = [...body.rows];
const projects = [...document.querySelectorAll(".projects li")];
const found = document.getElementById("found");

const search = document.getElementById("search");
const input = search.querySelector("input");
let texts = null;
const text = element => texts.get(element);
const find = () => {
  texts ??= new Map([...rows, ...projects].map(each => [each, each.textContent.toLowerCase()]));
  const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const fits = each => words.every(word => text(each).includes(word));
  const hits = rows.filter(fits);
  const shown = new Set([...hits, ...projects.filter(fits)]);
  const of = new Set(hits.map(each => each.dataset.p));
  rows.forEach(each => each.classList.toggle("miss", !shown.has(each)));
  projects.forEach(each => {
    each.classList.toggle("miss", !shown.has(each) && !of.has(each.dataset.p));
  });
  document.body.classList.toggle("searching", words.length > 0);
  const count = `${hits.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
  found.textContent = words.length ? `${count} connectors found` : "";
};
input.addEventListener("input", find);
search.hidden = false;
if (input.value) find();

const value = (row, column) => {
  const cell = row.cells[column], v = cell.dataset.v ?? cell.textContent;
  return v !== "" && !isNaN(v) ? Number(v) : v;
};
const heads = [...document.querySelectorAll("thead th")];
heads.forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    heads.forEach(each => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const keyed = rows.map(row => [value(row, column), row]);
    keyed.sort(([x], [y]) => (x > y) - (x < y));
    const sorted = keyed.map(([, row]) => row);
    body.append(...(up ? sorted : sorted.reverse()));
  });
});
"""

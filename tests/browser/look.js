// Opens pages in a Chromium that is installed, and tells as JSON what a person would find there.
// node look.js CHROMIUM SMALL_PAGE LARGE_PAGE
"use strict";
const fs = require("fs");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, small, large] = process.argv.slice(2);
const WIDE = { width: 1440, height: 900 }, NARROW = { width: 390, height: 844 };

async function open(browser, file, viewport, options = {}) {
  const context = await browser.newContext({ viewport, ...options });
  const page = await context.newPage();
  page.said = [];
  page.on("console", message => page.said.push(message.text()));
  page.on("pageerror", error => page.said.push(String(error)));
  page.on("request", request => request.url().startsWith("file:") || page.said.push(request.url()));
  await page.goto(`file://${file}`);
  return page;
}

async function findings(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: axe });  // the page's policy stays as it is
  const found = await page.evaluate(() => axe.run(document));
  const named = each => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`;
  return [...found.violations, ...found.incomplete].map(named);
}

const size = page => page.evaluate(() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  return [scrollWidth, scrollHeight];
});
const visible = (page, what) => page.evaluate(
  what => [...document.querySelectorAll(what)].filter(each => each.checkVisibility()).length, what,
);
const shown = async page => [await visible(page, "tbody tr"), await visible(page, ".projects li")];

async function accessible(browser) {
  const found = {};
  for (const [viewport, colorScheme] of [[WIDE, "light"], [NARROW, "dark"]]) {
    const page = await open(browser, small, viewport, { colorScheme });
    found[`${viewport.width} ${colorScheme}`] = await findings(page);
    await page.context().close();
  }
  return found;
}

async function marked(browser) {
  const found = {};
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(browser, small, WIDE, { colorScheme });
    found[colorScheme] = await page.evaluate(() => [".totals", ".projects", "tbody"].map(place => {
      const marks = [...document.querySelectorAll(`${place} .mark`)];
      const looks = each => getComputedStyle(each).backgroundColor
        + getComputedStyle(each, "::before").content;
      return Object.fromEntries(marks.map(each => [each.closest("[class]:not(.mark, .health)")
        .className.split(" ")[0], looks(each)]));
    }));
    await page.context().close();
  }
  return found;
}

async function searched(browser) {
  const page = await open(browser, large, WIDE);
  const steps = { before: await shown(page) };
  await page.getByLabel("Search").fill("STORE 0999 ingest");
  steps.found = [...await shown(page), await page.getByRole("status").textContent()];
  await page.getByLabel("Search").fill("no such store");
  steps.nothing = [...await shown(page), await page.getByRole("status").textContent()];
  await page.getByLabel("Search").fill("");
  steps.after = [...await shown(page), await page.getByRole("status").textContent()];
  await page.goto(`file://${large}#store-0999/ingest`);
  steps.linked = await visible(page, "tr:target");
  return { ...steps, said: page.said };
}

async function sorted(browser) {
  const page = await open(browser, small, WIDE);
  const first = () => page.locator("tbody th strong, tbody th").first().textContent();
  const button = page.getByRole("button", { name: "Errors" });
  const before = await first();
  await button.press("Enter");
  await button.press("Enter");
  const sort = await page.getByRole("columnheader", { name: "Errors" }).getAttribute("aria-sort");
  return { before, after: await first(), sort };
}

async function keyed(browser) {
  const page = await open(browser, small, WIDE, { javaScriptEnabled: false });
  const before = await shown(page);
  const search = await visible(page, "#search"), buttons = await visible(page, "button");
  const names = [];
  for (let step = 0; step < 4; step++) {
    await page.keyboard.press("Tab");
    names.push(await page.locator(":focus").ariaSnapshot());
  }
  await page.locator("#problems").focus();
  await page.keyboard.press("ArrowRight");
  return { before, after: await shown(page), search, buttons, names };
}

async function sizes(browser) {
  const found = {};
  for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
    const page = await open(browser, large, viewport);
    found[name] = await size(page);
    await page.context().close();
  }
  return found;
}

async function main() {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const found = {};
    for (const look of [accessible, marked, searched, sorted, keyed, sizes]) {
      found[look.name] = await look(browser);
    }
    console.log(JSON.stringify(found));
  } finally {
    await browser.close();
  }
}

main().catch(error => { console.error(error); process.exit(1); });

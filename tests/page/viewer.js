// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Looks at the page on behalf of a test that has the server and the clients.
// usage: viewer.js ORIGIN FOLDER_FOR_SCREENSHOTS, with a socket as its stdin. Each line is a command and what it needs,
// parted by tabs; each is answered with a line, "ok" and what it found, or "error" and why.
import {Socket} from 'node:net';
import {createInterface} from 'node:readline';
import path from 'node:path';
import {drawn, launch, PATIENCE, PHONE, view} from './browser.js';

const LOOKS = {
  light: {colorScheme: 'light'},
  dark: {colorScheme: 'dark'},
  phone: {...PHONE, colorScheme: 'light'},
};

const [origin, shots] = process.argv.slice(2);
const stdin = new Socket({fd: 0, readable: true, writable: true});
const browser = await launch();
let context = null;
let page = null;
let watch = null;

const row = (text) => page.locator('.live-table tbody tr', {hasText: text});

/** A row as column, text, column, text... */
const cellsOf = async (text) =>
  row(text)
    .first()
    .locator('td')
    .evaluateAll((cells) =>
      cells.flatMap((cell) => [cell.dataset.title, cell.innerText.replace(/\s+/g, ' ').trim()]),
    );

/** Asks again until `check` is content, and answers with what it was content with. */
async function until(look, check, what) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const seen = await look();
    if (check(seen)) return seen;
    if (Date.now() > end) throw new Error(`${what}; last: ${JSON.stringify(seen)}`);
    await page.waitForTimeout(50);
  }
}

const commands = {
  /** The status of the answer to who opens the page; without a user, it is nobody who signs in. */
  async open(user, password, look, hash) {
    await context?.close();
    const credentials = user ? {username: user, password} : undefined;
    ({context, page, watch} = await view(browser, origin, {credentials, ...LOOKS[look]}));
    let status = 0;
    page.on('response', (response) => {
      status ||= response.status();
    });
    const response = await page.goto(`${origin}/liveness/${hash}`).catch((error) => {
      // What Chromium does in the place of asking for a name and a password when nobody can see its question.
      if (!error.message.includes('ERR_INVALID_AUTH_CREDENTIALS')) throw error;
      return null;
    });
    return [response?.status() ?? status];
  },

  async go(hash) {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
  },

  /** Waits for a row with `text` whose `column` says `words`, and tells all of it. */
  async row(text, column, words) {
    return until(
      async () => ((await row(text).count()) > 0 ? cellsOf(text) : []),
      (cells) => {
        const at = cells.indexOf(column);
        return at >= 0 && cells[at + 1].includes(words);
      },
      `no row with ${text} says "${words}" as its ${column}`,
    );
  },

  /** Waits until no row has `text`. */
  async noRow(text) {
    await until(
      () => row(text).count(),
      (count) => count === 0,
      `rows with ${text} are left`,
    );
  },

  async sees(text) {
    await page.getByText(text).first().waitFor();
  },

  /** What an element says, without waiting for it to say something else. */
  async text(selector) {
    return [(await page.locator(selector).allInnerTexts()).join(' ')];
  },

  /** Waits until all plots have been drawn. */
  async drawn() {
    await until(
      () => drawn(page),
      (canvases) => canvases.length > 0 && canvases.every(Boolean),
      'a plot stays empty',
    );
  },

  async press(name) {
    const dialog = page.getByRole('dialog');
    const place = (await dialog.count()) > 0 ? dialog : page;
    await place.getByRole('button', {name, exact: true}).click();
  },

  async follow(name) {
    await page.getByRole('link', {name, exact: true}).first().click();
  },

  async key(...keys) {
    for (const key of keys) await page.keyboard.press(key);
  },

  /** Presses `key` until what has the focus is called `name`, as somebody does who cannot use a mouse. */
  async keyUntil(key, name) {
    for (let presses = 0; presses < 60; presses++) {
      if ((await focused()) === name) return [presses];
      await page.keyboard.press(key);
    }
    throw new Error(`${name} is not reached with ${key}`);
  },

  async focus() {
    return [await focused()];
  },

  async shot(name) {
    const file = path.join(shots, `${name}.png`);
    await page.screenshot({path: file});
    return [file];
  },

  /** What the browser has not to say. */
  async expect(pattern) {
    watch.expect(new RegExp(pattern));
  },

  /** What went wrong so far; and whether what a client said was run by the browser. */
  async problems() {
    const isOpen = page.url().startsWith(origin);
    const harmed = isOpen ? await page.evaluate(() => window.harmed) : undefined;
    return [...watch.problems(), ...(harmed === undefined ? [] : [`a client's text was run: ${harmed}`])];
  },

  async requests() {
    return [watch.requests];
  },
};

/** What a screen reader would call it, more or less. */
function focused() {
  return page.evaluate(() =>
    (document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText).trim(),
  );
}

const clean = (text) => String(text).replace(/[\t\n\r]+/g, ' ');
const say = (...words) => stdin.write(`${words.map(clean).join('\t')}\n`);

say('ok', 'ready');
for await (const line of createInterface({input: stdin})) {
  const [command, ...words] = line.split('\t');
  try {
    say('ok', ...((await commands[command](...words)) ?? []));
  } catch (error) {
    // What went wrong in the browser before may be the reason.
    say('error', [`${command}: ${error.message}`, ...(watch?.problems() ?? [])].join('; '));
  }
}
await browser.close();

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A real Chromium, and a viewer in it that notes everything that should not happen: errors of the page, words on its
// console, violations of its Content-Security-Policy, and requests that leave the server.
import {accessSync, constants} from 'node:fs';
import path from 'node:path';

const SKIPPED = 77;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function skip(what) {
  console.log(`skipped: ${what}`);
  process.exit(SKIPPED);
}

function find(program) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    try {
      const found = path.join(folder, program);
      accessSync(found, constants.X_OK);
      return found;
    } catch {
      // not in this one
    }
  }
  return skip(`${program} is not installed: packaging/install tests`);
}

/** A browser with an empty profile of its own. Ends the process as skipped where something is missing. */
export async function launch() {
  const executablePath = find('chromium');
  const playwright = await import('playwright-core').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    skip('playwright-core is not installed: packaging/install tests');
  });
  return playwright.chromium.launch({executablePath, args: FLAGS});
}

/** Milliseconds for what has to come, on a machine that may be busy: where all is well nothing of it is spent. */
export const PATIENCE = 180000;

export const PHONE = {
  viewport: {width: 390, height: 844},
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
export const DESKTOP = {viewport: {width: 1360, height: 860}};

/** What a viewer of `origin` saw go wrong. `expect` takes a pattern: what fits it is no problem. */
export class Watch {
  constructor(page, origin) {
    this.found = [];
    this.expected = [];
    this.requests = 0;
    page.on('console', (message) => {
      // A refusal is no page that could name an icon: then Chromium looks for one by itself, if it has the time.
      if (new RegExp('^https?://[^/]+/favicon\\.ico$').test(message.location().url)) return;
      if (['error', 'warning', 'assert'].includes(message.type())) this.note(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.note(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.note(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on('request', (request) => {
      this.requests += 1;
      if (new URL(request.url()).origin !== origin) this.note(`a request to ${request.url()}`);
    });
  }

  note(problem) {
    this.found.push(problem);
  }

  expect(pattern) {
    this.expected.push(pattern);
  }

  problems() {
    return this.found.filter((problem) => !this.expected.some((pattern) => pattern.test(problem)));
  }
}

/** Whether there is something on each canvas of the page. A copy is read: reading a canvas slows its drawing. */
export function drawn(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('canvas')].map((canvas) => {
      if (canvas.width === 0 || canvas.height === 0) return false;
      const copy = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
      copy.canvas.width = canvas.width;
      copy.canvas.height = canvas.height;
      copy.drawImage(canvas, 0, 0);
      return copy.getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte !== 0);
    }),
  );
}

/** Runs in the page. */
function tellOfViolations() {
  document.addEventListener('securitypolicyviolation', (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
  );
}

/** Opens a page; credentials: {username, password}, or none. */
export async function view(browser, origin, {credentials, ...options} = {}) {
  const context = await browser.newContext({
    ...DESKTOP,
    ...options,
    httpCredentials: credentials,
    timezoneId: 'UTC',
  });
  await context.addInitScript(tellOfViolations);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const watch = new Watch(page, origin);
  return {context, page, watch};
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The page against a made-up server, for what a real one does not do on demand.
import {after, before, test} from 'node:test';
import {readFile} from 'node:fs/promises';
import assert from 'node:assert/strict';
import {HOSTILE, hostileSession} from './made_up_users.js';
import {drawn, launch, PHONE, view} from './browser.js';
import {FakeServer} from './fake_server.js';

const [pageFolder] = process.argv.slice(2);
const credentials = {username: 'admin@example.com', password: 'secret'};
const browser = await launch();
let crowd;

before(async () => {
  crowd = await new FakeServer(pageFolder, {sessions: 100000, away: 3000}).listen();
});
after(async () => {
  await crowd.close();
  await browser.close();
});

/** A scenario: `play({page, watch, server})`; ends with a look at what went wrong in the browser. */
function scenario(name, play, {server: shared, hash = '', ...options} = {}) {
  test(name, {timeout: 600000}, async () => {
    const server = shared?.() ?? (await new FakeServer(pageFolder).listen());
    const {context, page, watch} = await view(browser, server.origin, {credentials, ...options});
    try {
      await page.goto(`${server.origin}/liveness/${hash}`);
      await play({page, watch, server, context});
      assert.deepEqual(watch.problems(), []);
    } finally {
      await context.close();
      if (!shared) await server.close();
    }
  });
}

const rows = (page) => page.locator('.live-table tbody tr');
const firstCell = (page, column) => rows(page).first().locator(`td[data-title="${column}"]`);
const live = (page) => page.locator('[data-state=live]').waitFor();
const onCrowd = {server: () => crowd};

scenario(
  'a hundred thousand sessions are paged, and the address remembers where one is',
  async ({page}) => {
    await page.getByText('1\u201350 of 100,000').waitFor();
    assert.equal(await rows(page).count(), 50);
    await page.getByRole('button', {name: 'Last page'}).click();
    await page.getByText('99,951\u2013100,000 of 100,000').waitFor();
    await page.getByLabel('Rows').selectOption('250');
    await page.getByText('1\u2013250 of 100,000').waitFor();
    await page.getByRole('button', {name: 'Next page'}).click();
    await page.getByText('251\u2013500 of 100,000').waitFor();
    await page.reload();
    await page.getByText('251\u2013500 of 100,000').waitFor();
    await page.goBack();
    await page.getByText('1\u2013250 of 100,000').waitFor();
  },
  onCrowd,
);

scenario(
  'searching, filtering and sorting narrow a crowd down',
  async ({page}) => {
    await page.getByRole('searchbox').fill('romeo99');
    await page.getByText(/of 1,0\d\d$|of \d{2,3}$/).waitFor();
    await page.waitForURL(/q=romeo99/);
    await page.getByRole('group', {name: 'State'}).getByRole('button', {name: 'Suspect'}).click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.live-table td[data-title=State]')].every(
        (td) => td.textContent === 'Suspect',
      ),
    );
    assert.ok((await rows(page).count()) > 0);
    const heard = page.getByRole('columnheader', {name: 'Last heard'});
    await heard.getByRole('button').click();
    await page.waitForURL(/sort=heard&order=desc/);
    assert.equal(await heard.getAttribute('aria-sort'), 'descending');
    await heard.getByRole('button').click();
    await page.waitForURL(/order=asc/);
    assert.equal(await heard.getAttribute('aria-sort'), 'ascending');
    await page.getByRole('searchbox').fill('nobody is called that');
    await page.getByText('No session fits the search.').waitFor();
  },
  onCrowd,
);

scenario('what a client says is only ever text, whatever it says', async ({page, server}) => {
  server.sessions = HOSTILE.map((text, n) => hostileSession(text, n, Date.now()));
  await page.getByText(`1\u2013${HOSTILE.length} of ${HOSTILE.length}`).waitFor();
  for (const session of server.sessions) {
    await page.goto(`${server.origin}/liveness/#/session/${session.id}`);
    await page.getByRole('heading', {level: 1}).getByText(session.user).waitFor();
  }
  assert.equal(await page.evaluate(() => window.harmed), undefined);
  assert.equal(await page.locator('main script, main img').count(), 0);
});

scenario('a character that turns the direction of others is shown by its number', async ({page, server}) => {
  server.sessions = [hostileSession('\u202egnp.exe', 0, Date.now())];
  await page.getByText('1\u20131 of 1').waitFor();
  assert.equal(await firstCell(page, 'Resource').innerText(), 'U+202Egnp.exe');
  assert.ok(!(await page.locator('main').textContent()).includes('\u202e'));
});

scenario(
  'a server that is gone is told at once, and found again when it is back',
  async ({page, watch, server, context}) => {
    watch.expect(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION/);
    await live(page);
    await context.setOffline(true);
    await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
    const heard = await firstCell(page, 'Last heard').innerText();
    await page.waitForTimeout(1100); // long enough for an age to move on, if it did
    assert.equal(await firstCell(page, 'Last heard').innerText(), heard);
    await context.setOffline(false);
    await page.getByRole('alert').waitFor({state: 'hidden'});
    await live(page);
    assert.ok(server.asked.length > 0);
  },
);

scenario('a sign-in that ended is told, and the server is left in peace', async ({page, watch, server}) => {
  watch.expect(/401/);
  await live(page);
  server.refusal = {status: 401, error: 'sign in'};
  await page.getByText('You are not signed in any more.').waitFor();
  await page.waitForTimeout(1000); // what was on its way
  const asked = server.asked.length;
  await page.waitForTimeout(2500); // two more rounds, if there were any
  assert.equal(server.asked.length, asked);
  server.refusal = null;
  await page.getByRole('button', {name: 'Sign in'}).click();
  await live(page);
});

scenario('a page of which a script is missing says so', async ({page, watch}) => {
  watch.expect(/ERR_FAILED/);
  await live(page);
  const notice = page.getByText('load it again');
  assert.equal(await notice.count(), 0);
  await page.route('**/assets/poll.js', (route) => route.abort());
  await page.reload();
  await notice.waitFor();
  await page.unroute('**/assets/poll.js');
  await page.reload();
  await live(page);
  assert.equal(await notice.count(), 0);
});

scenario('a refusal is told in the words of the server', async ({page, watch, server}) => {
  watch.expect(/403/);
  await live(page);
  server.refusal = {status: 403, error: 'You are no administrator any more.'};
  await page.getByRole('alert').getByText('You are no administrator any more.').waitFor();
});

scenario(
  'a server that is busy for a moment is asked again without a word',
  async ({page, watch, server}) => {
    watch.expect(/429/);
    await live(page);
    const busy = page.waitForResponse((response) => response.status() === 429);
    server.refusal = {status: 429, error: 'too many questions', headers: {'Retry-After': '1'}};
    await busy;
    server.refusal = null;
    server.sessions = server.sessions.slice(0, 3);
    await page.getByText('1\u20133 of 3').waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
  },
);

scenario(
  'an address that was written by hand and means nothing is explained',
  async ({page, watch}) => {
    watch.expect(/400/);
    await page.getByText("'asleep' is none of reachable, suspect, held").waitFor();
    await page.getByRole('button', {name: 'All'}).click();
    await page.getByText('1\u201340 of 40').waitFor();
  },
  {hash: '#/sessions?state=asleep'},
);

scenario('focus and selection survive a table that moves', async ({page, server}) => {
  const link = firstCell(page, 'Resource').getByRole('link');
  await link.focus();
  const id = await link.getAttribute('href');
  await page.evaluate(() =>
    getSelection().selectAllChildren(document.querySelector('.live-table tbody tr td a')),
  );
  const selected = await page.evaluate(() => String(getSelection()));
  server.sessions = server.sessions.slice().reverse();
  server.sessions.forEach((session, n) => {
    session.jid = `${String(100 + n)}@example.com/x`;
  });
  await page.waitForFunction(
    (href) =>
      document.querySelector(`.live-table tbody tr:last-child a[href="${href}"]`) !== null ||
      [...document.querySelectorAll('.live-table tbody tr')].findIndex((tr) =>
        tr.querySelector(`a[href="${href}"]`),
      ) > 3,
    id,
  );
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), id);
  assert.equal(await page.evaluate(() => String(getSelection())), selected);
});

scenario('a paused page stands still, and goes on when told to', async ({page, server}) => {
  await page.getByText('1\u201340 of 40').waitFor();
  await page.getByRole('button', {name: 'Pause'}).click();
  await page.getByText('Paused').waitFor();
  await page.waitForTimeout(1000); // what was on its way
  const asked = server.asked.length;
  await page.waitForTimeout(1500);
  assert.equal(server.asked.length, asked);
  server.sessions = server.sessions.slice(0, 7);
  await page.getByRole('button', {name: 'Go on'}).click();
  await page.getByText('1\u20137 of 7').waitFor();
});

scenario('a token that is no longer good is fetched anew', async ({page, watch, server}) => {
  watch.expect(/403/);
  const [session] = server.sessions;
  await page.goto(`${server.origin}/liveness/#/session/${session.id}`);
  server.token = 'another';
  await page.getByRole('button', {name: 'Probe'}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Probe'}).click();
  await page.getByText('The client was asked.').waitFor();
  assert.deepEqual(server.posts, [`sessions/${session.id}/probe`]);
});

scenario('nothing is disconnected without a yes', async ({page, server}) => {
  const [session] = server.sessions;
  await page.goto(`${server.origin}/liveness/#/session/${session.id}`);
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', {name: 'Disconnect'}).click();
  await dialog.getByRole('button', {name: 'Cancel'}).click();
  await dialog.waitFor({state: 'detached'});
  await page.getByRole('button', {name: 'Disconnect'}).click();
  await page.keyboard.press('Escape');
  await dialog.waitFor({state: 'detached'});
  assert.deepEqual(server.posts, []);
});

scenario(
  'a phone shows cards, and nothing is wider than it',
  async ({page}) => {
    for (const hash of ['#/sessions', '#/away', '#/plots', '#/user/away3%40example.com']) {
      await page.goto(page.url().replace(/#.*|$/, hash));
      await page.waitForLoadState('networkidle');
      const [width, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(width <= screen, `${hash} is ${width} wide on a screen of ${screen}`);
    }
  },
  PHONE,
);

scenario(
  'each plot is also told in a sentence and as a table',
  async ({page}) => {
    const plots = page.getByRole('figure');
    await plots
      .first()
      .getByText(/sessions at/)
      .waitFor();
    assert.equal(await plots.count(), 4);
    for (const plot of await plots.all()) {
      await plot.getByText('As a table').click();
      await plot.locator('tbody tr').nth(12).waitFor();
      await plot.locator('canvas[width]').waitFor();
    }
    assert.deepEqual(await drawn(page), [true, true, true, true]);
  },
  {hash: '#/plots'},
);

const axe = await readFile(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const TOLD = '.live-table td, .plot .count:not(:empty), .timeline li, .last-seen p'; // of whichever view
const SUBJECTS = ['#/sessions', '#/away', '#/plots', '#/session/4294967299', '#/user/away3%40example.com'];
for (const [look, options] of Object.entries({
  light: {colorScheme: 'light'},
  dark: {colorScheme: 'dark'},
  phone: PHONE,
})) {
  scenario(
    `a judge of accessibility finds nothing to say: ${look}`,
    async ({page, server}) => {
      server.sessions = server.sessions.slice(0, 8); // one row is like another
      server.users = server.users.slice(0, 8);
      await page.evaluate(axe);
      for (const hash of SUBJECTS) {
        await page.evaluate((to) => {
          location.hash = to;
        }, hash);
        await page.locator(TOLD).first().waitFor();
        const {violations} = await page.evaluate(() => window.axe.run());
        const said = violations.flatMap(({id, help, nodes}) =>
          nodes.map(({target, failureSummary}) => `${id}: ${help}: ${target}: ${failureSummary}`),
        );
        assert.deepEqual(said, [], hash);
      }
    },
    options,
  );
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Shows the view that the address asks for.
import * as connection from './connection.js';
import * as route from './route.js';
import {AwayView} from './away_view.js';
import {element, setAttribute, setText} from './dom.js';
import {PlotsView} from './plots_view.js';
import {SessionsView} from './sessions_view.js';
import {SessionView} from './session_view.js';
import {timeZone} from './spans.js';
import {UserView} from './user_view.js';
import {whoAmI} from './api.js';

const VIEWS = {
  sessions: SessionsView,
  away: AwayView,
  plots: PlotsView,
  session: SessionView,
  user: UserView,
};
const TABS = {session: 'sessions', user: 'away'};

const main = document.getElementById('main');
let open = null;

function show() {
  const wanted = route.parse(location.hash);
  if (!Object.hasOwn(VIEWS, wanted.view)) {
    route.go('#/sessions', true);
    return;
  }
  if (open && open.view === wanted.view && open.subject === wanted.subject) {
    open.instance.update(wanted);
    return;
  }
  const first = open === null;
  open?.instance.close();
  const instance = new VIEWS[wanted.view](main, wanted);
  open = {view: wanted.view, subject: wanted.subject, instance};
  for (const tab of document.querySelectorAll('.views a')) {
    const current = tab.dataset.view === (TABS[wanted.view] ?? wanted.view);
    setAttribute(tab, 'aria-current', current ? (TABS[wanted.view] ? 'true' : 'page') : null);
  }
  document.title = `${instance.title} \u2013 Liveness`;
  instance.open(wanted);
  if (!first) {
    scrollTo(0, 0);
    main.querySelector('h1').focus({preventScroll: true});
  }
}

async function greet() {
  try {
    const {user, host, version} = await whoAmI();
    setText(document.getElementById('host'), host);
    document
      .getElementById('foot')
      .replaceChildren(
        element('span', {}, `Signed in as ${user}`),
        element('span', {}, `Times are in ${timeZone()}`),
        element('span', {}, `Liveness ${version}`),
      );
  } catch (error) {
    if (error.status === undefined) throw error;
    if (connection.failed(error)) setTimeout(greet, 5000);
  }
}

// The skip link's target is no view.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', show);
greet();
show();

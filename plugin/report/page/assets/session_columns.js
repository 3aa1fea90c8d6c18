// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the table of sessions says of each, column by column.
import {ago, fullTime, inTime, roundTrip} from './spans.js';
import {clearAge, setAge} from './ages.js';
import {clientText, fillClientText, plainClientText} from './client_text.js';
import {element, fill, setAttribute, setText} from './dom.js';
import {nextWords, SHOWS, TRANSPORTS, word} from './words.js';
import {sessionLink, userLink} from './route.js';
import {showState} from './badges.js';

const MOST = 120; // characters of what a client said, in one cell

export const SESSION_COLUMNS = [
  {
    key: 'user',
    title: 'User',
    sort: 'jid',
    update: (cell, {user}) =>
      fillClientText(cell, user, user, (text) => element('a', {href: userLink(user)}, text)),
  },
  {
    key: 'resource',
    title: 'Resource',
    sort: 'resource',
    update: (cell, {id, resource}) =>
      fillClientText(cell, id, resource || '(none)', (text) => element('a', {href: sessionLink(id)}, text)),
  },
  {key: 'state', title: 'State', sort: 'state', update: (cell, session) => showState(cell, session.state)},
  {
    key: 'heard',
    title: 'Last heard',
    sort: 'heard',
    falling: true,
    update: (cell, session, at) => {
      setAttribute(cell, 'title', fullTime(new Date(session.last_heard_at)));
      setAge(cell, session.silence, 1, ago, at);
    },
  },
  {
    key: 'round-trip',
    title: 'Round trip',
    sort: 'round_trip',
    falling: true,
    update: (cell, session) => {
      setText(cell, session.round_trip === null ? '\u2013' : roundTrip(session.round_trip));
      setAttribute(cell, 'title', session.round_trip === null ? 'No answer was measured yet' : null);
    },
  },
  {key: 'presence', title: 'Presence', sort: 'presence', update: showPresence},
  {key: 'transport', title: 'Transport', sort: 'transport', update: showTransport},
  {
    key: 'next',
    title: 'Next',
    sort: 'next',
    make: (cell) =>
      cell.append(element('span', {class: 'next-word'}), ' ', element('span', {class: 'next-in'})),
    update: showNext,
  },
];

function showPresence(cell, session) {
  const {available, show, status, shown, inactive} = session;
  fill(cell, JSON.stringify([available, show, status, shown, inactive]), () => [
    element(
      'span',
      {class: available ? `show show-${Object.hasOwn(SHOWS, show) ? show : 'online'}` : 'show show-off'},
      available ? word(SHOWS, show) : 'Not available',
    ),
    ' ',
    shown &&
      element('span', {class: 'tag', title: 'What contacts see of it while it is held'}, `seen as ${shown}`),
    ' ',
    inactive &&
      element('span', {class: 'tag', title: 'Its client said that nobody is looking (XEP-0352)'}, 'inactive'),
    ' ',
    status && element('span', {class: 'status', title: plainClientText(status)}, clientText(status, MOST)),
  ]);
}

function showTransport(cell, session) {
  fill(cell, `${session.transport}${session.resumable}`, () => [
    word(TRANSPORTS, session.transport),
    ' ',
    session.resumable &&
      element('span', {class: 'tag', title: 'Can resume after a lost connection (XEP-0198)'}, 'resumes'),
  ]);
}

function showNext(cell, session, at) {
  const [what, when] = cell.children;
  const words = nextWords(session);
  setText(what, words ?? '\u2013');
  if (words === null) {
    clearAge(when);
    setText(when, '');
  } else {
    setAge(when, session.next_in, -1, inTime, at);
  }
  setAttribute(cell, 'data-next', session.next);
  setAttribute(
    cell,
    'title',
    session.doubted ? 'One of too many that fell silent together: it is asked once more than usual' : null,
  );
  cell.classList.toggle('doubted', session.doubted);
}

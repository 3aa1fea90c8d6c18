// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Who is here: every session, live.
import {ago, fullTime, inTime, number, roundTrip} from './spans.js';
import {clearAge, setAge} from './ages.js';
import {clientText, fillClientText, plainClientText} from './client_text.js';
import {element, fill, setAttribute, setText} from './dom.js';
import {get} from './api.js';
import {icon} from './icons.js';
import {ListView} from './list_view.js';
import {nextWords, SHOWS, STATE_MEANINGS, STATES, TRANSPORTS, word} from './words.js';
import {Poll} from './poll.js';
import {sessionLink, userLink} from './route.js';
import {showState} from './badges.js';

const HERE = ['reachable', 'suspect', 'held'];
const MOST = 120;  // characters of what a client said, in one cell

const COLUMNS = [
  {key: 'user', title: 'User', sort: 'jid', update: (cell, {user}) =>
    fillClientText(cell, user, user, (text) => element('a', {href: userLink(user)}, text))},
  {key: 'resource', title: 'Resource', sort: 'resource', update: (cell, {id, resource}) =>
    fillClientText(cell, id, resource || '(none)', (text) => element('a', {href: sessionLink(id)}, text))},
  {key: 'state', title: 'State', sort: 'state', update: (cell, session) => showState(cell, session.state)},
  {key: 'heard', title: 'Last heard', sort: 'heard', falling: true, update: (cell, session, at) => {
    setAttribute(cell, 'title', fullTime(new Date(session.last_heard_at)));
    setAge(cell, session.silence, 1, ago, at);
  }},
  {key: 'round-trip', title: 'Round trip', sort: 'round_trip', falling: true, update: (cell, session) => {
    setText(cell, session.round_trip === null ? '\u2013' : roundTrip(session.round_trip));
    setAttribute(cell, 'title', session.round_trip === null ? 'No answer was measured yet' : null);
  }},
  {key: 'presence', title: 'Presence', sort: 'presence', update: showPresence},
  {key: 'transport', title: 'Transport', sort: 'transport', update: showTransport},
  {key: 'next', title: 'Next', sort: 'next', make: (cell) => cell.append(
    element('span', {class: 'next-word'}), ' ', element('span', {class: 'next-in'})), update: showNext},
];

function showPresence(cell, session) {
  const {available, show, status, shown, inactive} = session;
  fill(cell, JSON.stringify([available, show, status, shown, inactive]), () => [
    element('span', {class: available ? `show show-${show in SHOWS ? show : 'online'}` : 'show show-off'},
      available ? word(SHOWS, show) : 'Not available'),
    ' ', shown && element('span', {class: 'tag', title: 'What contacts see of it while it is held'}, `seen as ${shown}`),
    ' ', inactive && element('span', {class: 'tag', title: 'Its client said that nobody is looking (XEP-0352)'}, 'inactive'),
    ' ', status && element('span', {class: 'status', title: plainClientText(status)}, clientText(status, MOST)),
  ]);
}

function showTransport(cell, session) {
  fill(cell, `${session.transport}${session.resumable}`, () => [
    word(TRANSPORTS, session.transport),
    ' ', session.resumable && element('span', {class: 'tag', title: 'Can resume after a lost connection (XEP-0198)'}, 'resumes'),
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
  setAttribute(cell, 'title', session.doubted ? 'One of too many that fell silent together: it is asked once more than usual' : null);
  cell.classList.toggle('doubted', session.doubted);
}

/** The states as buttons that filter, each with how many there are. */
class StateFilter {
  constructor(choose) {
    this.buttons = ['', ...HERE].map((state) => element('button', {
      type: 'button', class: `choice state-${state || 'all'}`, title: STATE_MEANINGS[state], 'data-state': state,
      on: {click: () => choose(state)},
    }, state && icon(state), element('span', {}, state ? STATES[state] : 'All'), element('span', {class: 'count'})));
    this.node = element('div', {class: 'choices', role: 'group', 'aria-label': 'State'}, this.buttons);
  }

  choose(state) {
    for (const button of this.buttons) setAttribute(button, 'aria-pressed', String(button.dataset.state === state));
  }

  count(sessions) {
    const all = HERE.reduce((sum, state) => sum + (sessions[state] ?? 0), 0);
    for (const button of this.buttons) {
      const {state} = button.dataset;
      setText(button.lastChild, number(state ? sessions[state] ?? 0 : all));
    }
  }
}

export class SessionsView {
  constructor(main) {
    this.states = new StateFilter((state) => this.list.change({state}));
    this.transport = element('select', {id: 'transport', on: {change: () => this.list.change({transport: this.transport.value})}},
      element('option', {value: ''}, 'All'),
      Object.entries(TRANSPORTS).map(([name, title]) => element('option', {value: name}, title)));
    this.list = new ListView(main, {
      view: 'sessions', title: 'Sessions', caption: 'Sessions that are here now', columns: COLUMNS,
      keyOf: (session) => session.id, rowsOf: (answer) => answer.sessions, period: 1000,
      ask: (question, signal) => get(['sessions'], question, signal),
      search: 'Search address or status', filterNames: ['state', 'transport'],
      filters: [this.states.node, element('div', {class: 'field'},
        element('label', {for: 'transport'}, 'Transport'), this.transport)],
      defaults: {sort: 'jid', order: 'asc'},
      empty: 'Nobody is here.', noMatch: 'No session fits the search.',
      onParameters: (parameters) => this.onParameters(parameters),
    });
    this.title = 'Sessions';
  }

  open({parameters}) {
    this.list.open(parameters);
    this.counts = new Poll(2000, (signal) => get(['stats'], {}, signal), (stats) => this.states.count(stats.sessions));
  }

  update({parameters}) {
    this.list.update(parameters);
  }

  close() {
    this.counts.close();
    this.list.close();
  }

  onParameters(parameters) {
    this.states.choose(parameters.get('state') ?? '');
    this.transport.value = parameters.get('transport') ?? '';
  }
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// All that the table knows of one session, as names and values.
import {ago, inTime, roundTrip, shortTime, span, fullTime} from './spans.js';
import {CAUSES, nextWords, SHOWS, TRANSPORTS, word} from './words.js';
import {clearAge, setAge} from './ages.js';
import {clientText} from './client_text.js';
import {element, fill, setAttribute, setText} from './dom.js';

const FACTS = [
  ['Last heard', (cell, s, at) => age(cell, s.last_heard_at, s.silence, at)],
  [
    'Next',
    (cell, s, at) => {
      const words = nextWords(s);
      if (words) setAge(cell, s.next_in, -1, (left) => `${words} ${inTime(left)}`, at);
      else stand(cell, 'nothing that is known of');
    },
  ],
  [
    'Round trip',
    (cell, s) =>
      setText(cell, s.round_trip === null ? 'not measured yet' : `${roundTrip(s.round_trip)}, smoothed`),
  ],
  [
    'Probes',
    (cell, s) => setText(cell, `${s.probes_sent} sent, ${s.probes_unanswered} since it was last heard`),
  ],
  [
    'Idle timeout',
    (cell, s) => setText(cell, s.idle_timeout === 0 ? 'none: may be silent for ever' : span(s.idle_timeout)),
  ],
  [
    'Presence',
    (cell, s) =>
      fill(cell, JSON.stringify([s.available, s.show, s.priority, s.shown]), () => [
        s.available ? `${word(SHOWS, s.show)}, priority ${s.priority}` : 'not available',
        s.shown ? `; contacts see it as ${s.shown}` : '',
      ]),
  ],
  ['Status', (cell, s) => fill(cell, s.status, () => (s.status ? clientText(s.status) : '\u2013'))],
  ['Resource', (cell, s) => fill(cell, s.resource, () => clientText(s.resource))],
  ['Transport', (cell, s) => setText(cell, word(TRANSPORTS, s.transport))],
  [
    'Stream management',
    (cell, s) => setText(cell, s.resumable ? 'yes, and can resume' : s.managed ? 'yes, cannot resume' : 'no'),
  ],
  ['Client', (cell, s) => setText(cell, s.inactive ? 'inactive: nobody is looking' : 'active')],
  ['Held because', (cell, s) => setText(cell, word(CAUSES, s.held_because)), (s) => s.held_because !== null],
  [
    'In doubt',
    (cell) => setText(cell, 'one of too many that fell silent together: asked once more'),
    (s) => s.doubted,
  ],
  [
    'In this state',
    (cell, s, at) => age(cell, s.state_since, secondsSince(s, s.state_since), at, (n) => `for ${span(n)}`),
  ],
  [
    'Connected',
    (cell, s, at) => age(cell, s.opened_at, secondsSince(s, s.opened_at), at, (n) => `for ${span(n)}`),
  ],
];

/** The server's now is when the client was last heard, and the silence since. */
const secondsSince = (s, time) => (new Date(s.last_heard_at) - new Date(time)) / 1000 + s.silence;

function age(cell, time, seconds, at, words = ago) {
  const date = new Date(time);
  const now = new Date(date.getTime() + seconds * 1000);
  setAttribute(cell, 'title', fullTime(date));
  setAge(cell, seconds, 1, (n) => `${words(n)} (${shortTime(date, now)})`, at);
}

function stand(cell, text) {
  clearAge(cell);
  setText(cell, text);
}

export class Facts {
  constructor() {
    this.lines = FACTS.map(([title, show, applies]) => {
      const value = element('dd', {});
      return {show, applies, value, node: element('div', {class: 'fact'}, element('dt', {}, title), value)};
    });
    this.node = element(
      'dl',
      {class: 'facts'},
      this.lines.map((line) => line.node),
    );
  }

  show(session, at) {
    for (const line of this.lines) {
      line.node.hidden = line.applies ? !line.applies(session) : false;
      if (!line.node.hidden) line.show(line.value, session, at);
    }
  }

  /** The session has ended: what was known last stands still. */
  stop() {
    for (const line of this.lines) clearAge(line.value);
  }
}

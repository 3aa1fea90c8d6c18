// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What happened to a session, the latest first.
import {CAUSES, EVENTS, word} from './words.js';
import {element, setAttribute, setText} from './dom.js';
import {ago, fullTime, roundTrip, shortTime} from './spans.js';
import {setAge} from './ages.js';

const KINDS = {
  opened: 'good',
  available: 'good',
  resumed: 'good',
  active: 'good',
  shown_again: 'good',
  answered: 'small',
  probed: 'small',
  presence: 'small',
  suspect: 'doubt',
  held: 'hold',
  shown_held: 'hold',
  inactive: 'small',
  timed_out: 'end',
  disconnected: 'end',
  closed: 'end',
  unavailable: 'end',
};

export class Timeline {
  constructor() {
    this.list = element('ol', {class: 'timeline', reversed: true});
    this.none = element('p', {class: 'empty'}, 'Nothing is left on record of it.');
    this.node = element('div', {}, this.list, this.none);
    this.lines = new Map();
  }

  show(events, now, at) {
    this.none.hidden = events.length > 0;
    const kept = new Set();
    const times = new Map();
    let before = null;
    // Oldest first, each new one goes on top; several of one kind may bear the same time.
    for (const event of events) {
      const name = `${event.at} ${event.event}`;
      times.set(name, (times.get(name) ?? 0) + 1);
      const key = `${name} ${times.get(name)}`;
      kept.add(key);
      let line = this.lines.get(key);
      if (!line) {
        line = this.line(event);
        if (before) before.before(line);
        else this.list.append(line);
        this.lines.set(key, line);
      }
      before = line;
      const date = new Date(event.at);
      setAge(line.querySelector('.ago'), (now - date) / 1000, 1, ago, at);
      setText(line.querySelector('time'), shortTime(date, now));
    }
    for (const [key, line] of this.lines) {
      if (kept.has(key)) continue;
      line.remove();
      this.lines.delete(key);
    }
  }

  line(event) {
    const time = element('time', {datetime: event.at});
    setAttribute(time, 'title', fullTime(new Date(event.at)));
    return element(
      'li',
      {class: `event event-${KINDS[event.event] ?? 'small'}`},
      element('span', {class: 'event-what'}, word(EVENTS, event.event), ' ', details(event)),
      element('span', {class: 'event-when'}, time, ' ', element('span', {class: 'ago'})),
    );
  }
}

function details(event) {
  if (event.round_trip) return element('span', {class: 'event-detail'}, `in ${roundTrip(event.round_trip)}`);
  if (event.cause) return element('span', {class: 'event-detail'}, word(CAUSES, event.cause).toLowerCase());
  return null;
}

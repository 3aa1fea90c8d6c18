// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Who is not here: every user with a last logout on record, and how it came to that.
import {CAUSES, EVIDENCE, EVIDENCE_MEANINGS, word} from './words.js';
import {ago, dateTime, fullTime} from './spans.js';
import {causeBadge} from './badges.js';
import {fillClientText} from './client_text.js';
import {element, fill, setAttribute, setText} from './dom.js';
import {get} from './api.js';
import {ListView} from './list_view.js';
import {setAge} from './ages.js';
import {userLink} from './route.js';

/** Two lines: how long ago, which moves on, and when. */
const timeCell = (field, now) => ({
  make: (cell) => cell.append(element('span', {class: 'ago'}), element('time', {class: 'sub'})),
  update: (cell, user, at) => {
    const [age, time] = cell.children;
    const date = new Date(user[field]);
    setAge(age, (now() - date) / 1000, 1, ago, at);
    setText(time, dateTime(date));
    setAttribute(time, 'datetime', user[field]);
    setAttribute(time, 'title', fullTime(date));
  },
});

export const evidenceTag = (evidence) =>
  evidence
    ? element('span', {class: 'tag', title: EVIDENCE_MEANINGS[evidence]}, word(EVIDENCE, evidence))
    : null;

export class AwayView {
  constructor(main) {
    this.now = new Date();
    const columns = [
      {
        key: 'user',
        title: 'User',
        sort: 'jid',
        update: (cell, {jid}) =>
          fillClientText(cell, jid, jid, (text) => element('a', {href: userLink(jid)}, text)),
      },
      {
        key: 'heard',
        title: 'Last heard',
        sort: 'last_heard',
        falling: true,
        ...timeCell('last_heard_at', () => this.now),
      },
      {
        key: 'left',
        title: 'Logged out',
        sort: 'logged_out',
        falling: true,
        ...timeCell('logged_out_at', () => this.now),
      },
      {
        key: 'cause',
        title: 'Cause',
        sort: 'cause',
        update: (cell, user) =>
          fill(cell, `${user.cause} ${user.evidence}`, () => [
            causeBadge(user.cause),
            ' ',
            evidenceTag(user.evidence),
          ]),
      },
      {
        key: 'resource',
        title: 'Resource',
        update: (cell, {resource}) => fillClientText(cell, resource, resource || '\u2013'),
      },
      {
        key: 'status',
        title: 'Last words',
        update: (cell, {status}) => fillClientText(cell, status, status || '\u2013'),
      },
    ];
    this.cause = element(
      'select',
      {id: 'cause', on: {change: () => this.list.change({cause: this.cause.value})}},
      element('option', {value: ''}, 'All'),
      Object.entries(CAUSES).map(([name, title]) => element('option', {value: name}, title)),
    );
    this.list = new ListView(main, {
      view: 'away',
      title: 'Away',
      caption: 'Users who are not here, and their last logout',
      columns,
      keyOf: (user) => user.jid,
      rowsOf: (answer) => answer.users,
      period: 2000,
      ask: (question, signal) => this.ask(question, signal),
      search: 'Search address',
      filterNames: ['cause'],
      filters: [element('div', {class: 'field'}, element('label', {for: 'cause'}, 'Cause'), this.cause)],
      defaults: {sort: 'logged_out', order: 'desc'},
      empty: 'Nobody is on record as away.',
      noMatch: 'Nobody who is away fits the search.',
      onParameters: (parameters) => {
        this.cause.value = parameters.get('cause') ?? '';
      },
    });
    this.title = 'Away';
  }

  async ask(question, signal) {
    const answer = await get(['users'], question, signal);
    this.now = new Date(answer.now);
    return answer;
  }

  open({parameters}) {
    this.list.open(parameters);
  }

  update({parameters}) {
    this.list.update(parameters);
  }

  close() {
    this.list.close();
  }
}

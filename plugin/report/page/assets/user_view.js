// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// One user: where they are now, and every logout that is on record.
import {ago, counted, dateTime, fullTime, span} from './spans.js';
import {causeBadge, stateBadge} from './badges.js';
import {CAUSE_MEANINGS} from './words.js';
import {clientText, plainClientText} from './client_text.js';
import {element, fill, setText, tableHead} from './dom.js';
import {evidenceTag} from './away_view.js';
import {get} from './api.js';
import {Poll} from './poll.js';
import {sessionLink} from './route.js';
import {setAge} from './ages.js';

const MOST_LOGOUTS = 100;
const MOST_SESSIONS = 50;

export class UserView {
  constructor(main, {subject}) {
    this.jid = subject;
    this.presence = element('span', {class: 'state-of'});
    this.sessions = element('ul', {class: 'plain-list'});
    this.last = element('div', {class: 'last-seen'});
    this.history = element('tbody', {});
    this.told = element('p', {class: 'note'});
    main.replaceChildren(
      element(
        'section',
        {class: 'view view-user'},
        element('p', {class: 'crumbs'}, element('a', {href: '#/away'}, 'Users')),
        element(
          'div',
          {class: 'head'},
          element('h1', {tabindex: '-1', class: 'subject'}, clientText(subject)),
          this.presence,
        ),
        element(
          'div',
          {class: 'columns'},
          element(
            'div',
            {},
            element('section', {class: 'card'}, element('h2', {}, 'Here now'), this.sessions),
            element('section', {class: 'card'}, element('h2', {}, 'Last logout'), this.last),
          ),
          element(
            'section',
            {class: 'card'},
            element('h2', {}, 'Logouts'),
            this.told,
            element(
              'div',
              {class: 'table-box', tabindex: '0', role: 'region', 'aria-label': 'Logouts'},
              element(
                'table',
                {class: 'plain-table'},
                tableHead(['Logged out', 'Last heard', 'Cause', 'Resource', 'Last words']),
                this.history,
              ),
            ),
          ),
        ),
      ),
    );
    this.title = plainClientText(subject, 80);
  }

  open() {
    this.poll = new Poll(
      2000,
      (signal) => this.ask(signal),
      (answers, at) => this.show(answers, at),
      (error) => this.unknown(error),
    );
  }

  update() {}

  close() {
    this.poll.close();
  }

  async ask(signal) {
    const [record, here] = await Promise.all([
      get(['users', this.jid], {limit: MOST_LOGOUTS}, signal),
      get(['sessions'], {user: this.jid, limit: MOST_SESSIONS}, signal),
    ]);
    return {now: record.now, record, here: here.sessions};
  }

  show({now, record, here}, at) {
    fill(this.presence, JSON.stringify([record.online, record.hidden]), () => [
      record.online
        ? element('span', {class: 'badge state-reachable'}, 'Online')
        : element('span', {class: 'badge state-gone'}, 'Away'),
      record.hidden > 0 && element('span', {class: 'badge state-held'}, 'Held, seen as unavailable'),
    ]);
    this.showSessions(here, at);
    this.showLast(record.last_seen, new Date(now), at);
    const {history} = record;
    setText(
      this.told,
      history.length === 0
        ? 'No logout is on record.'
        : history.length < MOST_LOGOUTS
          ? `${counted(history.length, 'logout')} on record, the latest first.`
          : `The latest ${MOST_LOGOUTS}.`,
    );
    fill(this.history, JSON.stringify(history), () => history.map(historyLine));
    this.history.parentNode.parentNode.hidden = history.length === 0;
  }

  showSessions(here, at) {
    fill(this.sessions, JSON.stringify(here.map((s) => [s.id, s.state])), () =>
      here.length === 0
        ? element('li', {class: 'note'}, 'No session.')
        : here.map((session) =>
            element(
              'li',
              {},
              stateBadge(session.state),
              element('a', {href: sessionLink(session.id)}, clientText(session.resource || '(none)', 120)),
              element('span', {class: 'ago note'}),
            ),
          ),
    );
    here.forEach((session, i) =>
      setAge(this.sessions.children[i].lastChild, session.silence, 1, (s) => `heard ${ago(s)}`, at),
    );
  }

  showLast(seen, now, at) {
    fill(this.last, JSON.stringify(seen), () =>
      seen === null
        ? element('p', {class: 'note'}, 'Never seen, or never logged out so far.')
        : [
            element('p', {class: 'big'}, element('span', {class: 'ago'})),
            element('p', {class: 'note'}, `Last heard ${fullTime(new Date(seen.last_heard_at))}.`),
            element('p', {}, causeBadge(seen.cause), ' ', evidenceTag(seen.evidence)),
            element('p', {class: 'note'}, `${CAUSE_MEANINGS[seen.cause] ?? ''}.`),
            seen.status && element('blockquote', {}, clientText(seen.status)),
          ],
    );
    if (seen)
      setAge(
        this.last.querySelector('.ago'),
        (now - new Date(seen.logged_out_at)) / 1000,
        1,
        (s) => `Logged out ${ago(s)}`,
        at,
      );
  }

  unknown(error) {
    if (error.status !== 404 && error.status !== 400) return false;
    setText(this.told, error.message);
    return true;
  }
}

function historyLine(logout) {
  const left = new Date(logout.logged_out_at);
  const heard = new Date(logout.last_heard_at);
  return element(
    'tr',
    {},
    element('td', {title: fullTime(left)}, element('time', {datetime: logout.logged_out_at}, dateTime(left))),
    element('td', {title: fullTime(heard)}, `${span((left - heard) / 1000)} before`),
    element('td', {}, causeBadge(logout.cause), ' ', evidenceTag(logout.evidence)),
    element('td', {}, clientText(logout.resource || '\u2013', 60)),
    element('td', {}, logout.status ? clientText(logout.status, 200) : '\u2013'),
  );
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Who is here: every session, live.
import {element} from './dom.js';
import {get} from './api.js';
import {ListView} from './list_view.js';
import {Poll} from './poll.js';
import {SESSION_COLUMNS} from './session_columns.js';
import {StateFilter} from './state_filter.js';
import {TRANSPORTS} from './words.js';

export class SessionsView {
  constructor(main) {
    this.states = new StateFilter((state) => this.list.change({state}));
    this.transport = element(
      'select',
      {id: 'transport', on: {change: () => this.list.change({transport: this.transport.value})}},
      element('option', {value: ''}, 'All'),
      Object.entries(TRANSPORTS).map(([name, title]) => element('option', {value: name}, title)),
    );
    this.list = new ListView(main, {
      view: 'sessions',
      title: 'Sessions',
      caption: 'Sessions that are here now',
      columns: SESSION_COLUMNS,
      keyOf: (session) => session.id,
      rowsOf: (answer) => answer.sessions,
      period: 1000,
      ask: (question, signal) => get(['sessions'], question, signal),
      search: 'Search address or status',
      filterNames: ['state', 'transport'],
      filters: [
        this.states.node,
        element('div', {class: 'field'}, element('label', {for: 'transport'}, 'Transport'), this.transport),
      ],
      defaults: {sort: 'jid', order: 'asc'},
      empty: 'Nobody is here.',
      noMatch: 'No session fits the search.',
      onParameters: (parameters) => this.onParameters(parameters),
    });
    this.title = 'Sessions';
  }

  open({parameters}) {
    this.list.open(parameters);
    this.counts = new Poll(
      2000,
      (signal) => get(['stats'], {}, signal),
      (stats) => this.states.count(stats.sessions),
    );
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

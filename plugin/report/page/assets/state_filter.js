// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Narrows the table of sessions down to those of one state.
import {element, setAttribute, setText} from './dom.js';
import {icon} from './icons.js';
import {number} from './spans.js';
import {STATE_MEANINGS, STATES} from './words.js';

const HERE = ['reachable', 'suspect', 'held'];

/** The states as buttons that filter, each with how many there are. */
export class StateFilter {
  constructor(choose) {
    this.buttons = ['', ...HERE].map((state) =>
      element(
        'button',
        {
          type: 'button',
          class: `choice state-${state || 'all'}`,
          title: STATE_MEANINGS[state],
          'data-state': state,
          on: {click: () => choose(state)},
        },
        state && icon(state),
        element('span', {}, state ? STATES[state] : 'All'),
        element('span', {class: 'count'}),
      ),
    );
    this.node = element('div', {class: 'choices', role: 'group', 'aria-label': 'State'}, this.buttons);
  }

  choose(state) {
    for (const button of this.buttons)
      setAttribute(button, 'aria-pressed', String(button.dataset.state === state));
  }

  count(sessions) {
    const all = HERE.reduce((sum, state) => sum + (sessions[state] ?? 0), 0);
    for (const button of this.buttons) {
      const {state} = button.dataset;
      setText(button.lastChild, number(state ? (sessions[state] ?? 0) : all));
    }
  }
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// States, shows and causes as small signs: a shape, a word and a colour.
import {element, fill, setAttribute} from './dom.js';
import {icon} from './icons.js';
import {CAUSE_MEANINGS, CAUSES, STATE_MEANINGS, STATES, word} from './words.js';

/** What a class may be called after; whatever else a server might say has no colour. */
const known = (words, name) => (Object.hasOwn(words, name) ? name : 'unknown');

export function showState(box, state) {
  const changed = fill(box, state, () => [stateBadge(state)]);
  if (changed && box.dataset.state) flash(box);
  setAttribute(box, 'data-state', known(STATES, state));
}

export function stateBadge(state) {
  return element(
    'span',
    {class: `badge state-${known(STATES, state)}`, title: STATE_MEANINGS[state]},
    icon(state),
    word(STATES, state),
  );
}

const ROUGH_CAUSES = {
  logged_out: 'reachable',
  timed_out: 'suspect',
  connection_lost: 'held',
  hold_expired: 'held',
};

export function causeBadge(cause) {
  const like = ROUGH_CAUSES[cause] ?? 'gone';
  return element(
    'span',
    {class: `cause state-${like}`, title: CAUSE_MEANINGS[cause]},
    icon(like),
    element('span', {class: 'cause-word'}, word(CAUSES, cause)),
  );
}

/** Draws the eye to what has just changed. */
function flash(box) {
  box.classList.remove('flash');
  requestAnimationFrame(() => box.classList.add('flash'));
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What clients say of themselves, shown so that it can neither hide nor pose as something else: it is a text of
// its own direction, and characters that cannot be seen, or that turn the direction of others, are shown by
// their numbers.
import {element, fill, setAttribute} from './dom.js';

// Joiners stay: letters of some scripts and many emoji are made with them.
const UNSEEN = /(?![\u200c\u200d\u00ad])[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;
const MOST_MARKS = 40;
const MOST_IN_CELL = 120;
const MOST_IN_TITLE = 400;

/** A <bdi> with the text. `most`: as many characters of it as are shown. */
export function clientText(text, most = Infinity) {
  const shown = shorten(text, most);
  const whole = element('bdi', {class: 'client-text'});
  let from = 0;
  let marks = 0;
  for (const match of shown.matchAll(UNSEEN)) {
    if (++marks > MOST_MARKS) break;
    whole.append(shown.slice(from, match.index), mark(match[0]));
    from = match.index + match[0].length;
  }
  const rest = shown.slice(from);
  whole.append(marks > MOST_MARKS ? rest.replace(UNSEEN, '\ufffd') : rest);
  return whole;
}

/** Into a cell that is too narrow for some: all of it is told to a mouse. */
export function fillClientText(cell, key, text, wrap = (node) => node) {
  if (!fill(cell, key, () => wrap(clientText(text, MOST_IN_CELL)))) return;
  setAttribute(cell, 'title', text.length > 20 ? plainClientText(text, MOST_IN_TITLE) : null);
}

/** The same for where only text can be: attributes and the title of the page. */
export function plainClientText(text, most = Infinity) {
  return shorten(text, most).replace(UNSEEN, '\ufffd');
}

function shorten(text, most) {
  if (text.length <= most) return text;
  const characters = Array.from(text.slice(0, most * 2));
  return characters.length <= most ? text : characters.slice(0, most).join('') + '\u2026';
}

function mark(character) {
  if (character === '\n' || character === '\t') return ' ';
  const number = character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
  return element('span', {class: 'unseen', title: 'A character that cannot be seen'}, 'U+' + number);
}

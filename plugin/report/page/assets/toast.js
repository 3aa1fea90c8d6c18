// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// One line, for a few seconds, of what came of something that the viewer did.
import {element} from './dom.js';

const LASTS = 6000;
const place = document.getElementById('toast');
let timer = 0;

export function toast(text, good = true) {
  clearTimeout(timer);
  place.replaceChildren(element('p', {class: good ? 'toast-good' : 'toast-bad'}, text));
  timer = setTimeout(() => place.replaceChildren(), LASTS);
}

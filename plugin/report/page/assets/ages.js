// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Texts that tell how long ago, or in how long, and that move on between two answers of the server. Counted with
// the viewer's steady clock from the moment of the answer: the date that the viewer's machine believes in does
// not matter.
import {setText} from './dom.js';

const ages = new Map();
let stopped = false;

/** From now on the node's text is words(seconds), counting from `seconds` at `since` (performance.now()). */
export function setAge(node, seconds, direction, words, since) {
  const age = {seconds, direction, words, since};
  ages.set(node, age);
  show(node, age);
}

/** The node's text stands still again. */
export function clearAge(node) {
  ages.delete(node);
}

/** While the server cannot be reached nothing is known of what has happened since: nothing moves on. */
export function stopAges(stop) {
  stopped = stop;
}

function show(node, age) {
  const passed = stopped ? 0 : (performance.now() - age.since) / 1000;
  setText(node, age.words(Math.max(0, age.seconds + age.direction * passed)));
}

function move() {
  if (stopped || document.hidden) return;
  for (const [node, age] of ages) {
    if (node.isConnected) show(node, age);
    else ages.delete(node);
  }
}

setInterval(move, 500);

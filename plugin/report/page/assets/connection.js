// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Whether the server can be asked, and what the viewer is told of it: the light in the bar, and the banner.
import {stopAges} from './ages.js';
import {element, fill, setAttribute, setText} from './dom.js';
import {clock} from './spans.js';

const live = document.getElementById('live');
const banner = document.getElementById('banner');
const pause = document.getElementById('pause');

let lastContact = null;
let isPaused = false;
let isOver = false;
const watchers = new Set();

/** Nobody looks, or the server has said that it will not answer. */
export const resting = () => document.hidden || isPaused || isOver;

/** Calls back when the viewer pauses or goes on. Answers with the function that ends that. */
export function onPause(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The server has answered; `now` is its time, as it said it. */
export function reached(now) {
  lastContact = now ? new Date(now) : lastContact;
  isOver = false;
  stopAges(isPaused);
  document.body.classList.remove('stale');
  hideBanner();
  showLight(isPaused ? 'paused' : 'live');
}

/** The server has not answered as it should. False: it is no use to ask again. */
export function failed(error) {
  isOver = error.status === 401 || error.status === 403;
  stopAges(true);
  document.body.classList.add('stale');
  showLight('lost');
  switch (error.status) {
    case 0:
      showBanner('The server cannot be reached.', `${asOf()} Trying again.`);
      break;
    case 401:
      showBanner('You are not signed in any more.', asOf(), signIn());
      break;
    case 403:
      showBanner('The server refuses to tell you.', error.message, signIn());
      break;
    case 429:
      showBanner('The server asks you to wait.', `${error.message} Trying again.`);
      break;
    default:
      showBanner('The server could not answer.', `${error.message} Trying again.`);
      break;
  }
  return !isOver;
}

function asOf() {
  return lastContact ? `What you see is of ${clock(lastContact)}.` : '';
}

function signIn() {
  return element(
    'button',
    {type: 'button', class: 'button small', on: {click: () => location.reload()}},
    'Sign in',
  );
}

function showBanner(title, text, button = null) {
  banner.hidden = false;
  fill(banner, title + text, () => [element('strong', {}, title), element('span', {}, text), button]);
}

function hideBanner() {
  if (banner.hidden) return;
  banner.hidden = true;
  fill(banner, '', () => []);
}

function showLight(state) {
  setAttribute(live, 'data-state', state);
  const words = {live: 'Live', paused: 'Paused', lost: 'No connection'}[state];
  fill(live, `${words} ${lastContact?.getTime()}`, () => [
    words,
    lastContact && element('span', {class: 'live-clock'}, ` ${clock(lastContact)}`),
  ]);
}

pause.addEventListener('click', () => {
  isPaused = !isPaused;
  setText(pause, isPaused ? 'Go on' : 'Pause');
  stopAges(isPaused);
  if (live.dataset.state !== 'lost') showLight(isPaused ? 'paused' : 'live');
  for (const watcher of watchers) watcher();
});

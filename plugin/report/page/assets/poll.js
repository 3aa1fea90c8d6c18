// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Asks again and again for what a view shows, while somebody looks.
import * as connection from './connection.js';

const SHARE_OF_TIME = 10; // a server that takes long to answer is asked less often
const LONGEST_PAUSE = 10000;
const BUSY = 429; // it is asked again without a word, unless it stays so
const PATIENCE = 3;

/** Loads with `load(signal)` and hands over to `show(data, at)`, each `period` ms; `at` is performance.now(). */
export class Poll {
  constructor(period, load, show, fail = () => false) {
    Object.assign(this, {period, load, show, fail});
    this.timer = 0;
    this.running = null;
    this.failures = 0;
    this.closed = false;
    this.stale = false;
    this.wake = () => this.onWake();
    document.addEventListener('visibilitychange', this.wake);
    this.unwatch = connection.onPause(this.wake);
    this.now();
  }

  /** At once, with whatever `load` asks for now; an answer that is still on its way is not waited for. */
  now() {
    clearTimeout(this.timer);
    this.running?.abort();
    if (!this.closed) this.ask();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.running?.abort();
    document.removeEventListener('visibilitychange', this.wake);
    this.unwatch();
  }

  async ask() {
    const abort = new AbortController();
    this.running = abort;
    const began = performance.now();
    let pause = this.period;
    try {
      const data = await this.load(abort.signal);
      if (abort.signal.aborted) return;
      const at = performance.now();
      connection.reached(data.now);
      this.failures = 0;
      pause = Math.max(this.period, Math.min(LONGEST_PAUSE, (at - began) * SHARE_OF_TIME));
      this.show(data, at);
    } catch (error) {
      if (abort.signal.aborted) return;
      if (error.status === undefined) {
        reportError(error); // a mistake of ours, which the next answer need not bring about again
      } else if (this.fail(error)) {
        connection.reached();
      } else {
        const isBusy = error.status === BUSY && this.failures < PATIENCE;
        if (!isBusy && !connection.failed(error)) return; // asking again cannot help
        pause = Math.max(error.retryAfter * 1000, Math.min(LONGEST_PAUSE, 1000 * 2 ** this.failures++));
      }
    } finally {
      if (this.running === abort) this.running = null;
    }
    this.later(pause);
  }

  later(pause) {
    if (this.closed) return;
    this.stale = connection.resting();
    if (!this.stale) this.timer = setTimeout(() => this.onTimer(), pause);
  }

  onTimer() {
    this.stale = connection.resting();
    if (!this.stale) this.ask();
  }

  onWake() {
    if (connection.resting() || this.closed || this.running) return;
    if (this.stale) this.now();
  }
}

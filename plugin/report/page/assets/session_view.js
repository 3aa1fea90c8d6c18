// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// One session: what is known of it, why it is what it is, and what happened to it, live.
import {bareOf} from './jids.js';
import {clientText, plainClientText} from './client_text.js';
import {confirm} from './confirm.js';
import {element, fill, setAttribute, setText} from './dom.js';
import {Facts} from './facts.js';
import {get, post} from './api.js';
import {Poll} from './poll.js';
import {showState} from './badges.js';
import {Timeline} from './timeline.js';
import {toast} from './toast.js';
import {userLink} from './route.js';

export class SessionView {
  constructor(main, {subject}) {
    this.id = subject;
    this.heading = element('h1', {tabindex: '-1', class: 'subject'}, 'Session');
    this.state = element('span', {class: 'state-of', role: 'status'});
    const action = (title, kind, press) =>
      element('button', {type: 'button', class: `button ${kind}`, on: {click: press}}, title);
    this.probe = action('Probe', '', () => this.askProbe());
    this.disconnect = action('Disconnect', 'danger', () => this.askDisconnect());
    this.actions = element('div', {class: 'actions', hidden: true}, this.probe, this.disconnect);
    this.over = element('p', {class: 'problem', role: 'status', hidden: true});
    this.user = element('p', {class: 'crumbs'});
    this.why = element('ul', {class: 'why'});
    this.facts = new Facts();
    this.timeline = new Timeline();
    this.box = element(
      'div',
      {class: 'columns', hidden: true},
      element(
        'div',
        {},
        element('section', {class: 'card why-card'}, element('h2', {}, 'Why'), this.why),
        element('section', {class: 'card'}, element('h2', {}, 'Facts'), this.facts.node),
      ),
      element('section', {class: 'card'}, element('h2', {}, 'Timeline'), this.timeline.node),
    );
    main.replaceChildren(
      element(
        'section',
        {class: 'view view-session'},
        this.user,
        element('div', {class: 'head'}, this.heading, this.state, this.actions),
        this.over,
        this.box,
      ),
    );
    this.title = 'Session';
    this.name = null;
  }

  open() {
    this.poll = new Poll(
      1000,
      (signal) => get(['sessions', this.id], {}, signal),
      (answer, at) => this.show(answer, at),
      (error) => this.unknown(error),
    );
  }

  update() {}

  close() {
    this.poll.close();
  }

  show({now, session, why, timeline}, at) {
    this.box.hidden = false;
    if (session) {
      this.here(session, at);
    } else {
      this.gone();
    }
    this.facts.node.parentNode.hidden = !session && this.name === null;
    this.why.parentNode.hidden = why.length === 0;
    fill(this.why, why.join('\n'), () => why.map((line) => element('li', {}, clientText(line))));
    this.timeline.show(timeline, new Date(now), at);
  }

  here(session, at) {
    this.call(session.jid);
    this.actions.hidden = false;
    this.over.hidden = true;
    showState(this.state, session.state);
    this.facts.show(session, at);
  }

  gone() {
    this.actions.hidden = true;
    showState(this.state, 'gone');
    this.facts.stop();
    this.tell('This session has ended. What is shown is what was known of it last.');
  }

  unknown(error) {
    if (error.status !== 404 && error.status !== 400) return false;
    this.actions.hidden = true;
    this.box.hidden = this.name === null;
    if (this.name !== null) showState(this.state, 'gone');
    this.tell('The server knows of no such session, or not any more.');
    return true;
  }

  tell(text) {
    this.over.hidden = false;
    setText(this.over, text);
  }

  call(jid) {
    if (this.name === jid) return;
    this.name = jid;
    fill(this.heading, jid, () => clientText(jid));
    const user = bareOf(jid);
    fill(this.user, user, () => [element('a', {href: userLink(user)}, clientText(user)), ' \u203a session']);
    this.title = plainClientText(jid, 80);
    document.title = `${this.title} \u2013 Liveness`;
  }

  async askProbe() {
    if (
      await confirm({
        title: 'Ask for a sign of life?',
        yes: 'Probe',
        text: [
          clientText(this.name, 200),
          ' is sent a request that its client answers by itself. If it does not, ' +
            'the session turns suspect, and ends when its time is over.',
        ],
      })
    )
      await this.act(
        'probe',
        'The client was asked.',
        'It cannot be asked just now: it was asked already, is held, or has only just come.',
      );
  }

  async askDisconnect() {
    if (
      await confirm({
        title: 'Disconnect this session?',
        yes: 'Disconnect',
        dangerous: true,
        text: [
          clientText(this.name, 200),
          ' is logged out at once, and what waits for it to resume is given up. ' +
            'Its client may connect again.',
        ],
      })
    )
      await this.act('disconnect', 'The session is being ended.', 'The session cannot be ended: it is gone.');
  }

  async act(verb, done, refused) {
    setAttribute(this.actions, 'aria-busy', 'true');
    try {
      await post(['sessions', this.id, verb]);
      toast(done);
    } catch (error) {
      if (error.status === undefined) throw error;
      toast(error.status === 404 || error.status === 409 ? refused : error.message, false);
    } finally {
      setAttribute(this.actions, 'aria-busy', null);
    }
    this.poll.now();
  }
}

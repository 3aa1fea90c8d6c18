// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Which part of many rows is looked at.
import {element, setAttribute, setText} from './dom.js';
import {number} from './spans.js';

const SIZES = [25, 50, 100, 250];
const USUAL_SIZE = 50;

export class Pager {
  /** `change`: is told the parameters that are to change. */
  constructor(change) {
    // An end is not `disabled`, which would take the focus from whoever has come there with the keyboard.
    const button = (words, label, to) => {
      const press = (event) =>
        event.currentTarget.getAttribute('aria-disabled') === 'true' || change({page: to()});
      return element(
        'button',
        {type: 'button', class: 'button small', 'aria-label': label, on: {click: press}},
        words,
      );
    };
    this.first = button('First', 'First page', () => '');
    this.previous = button('Previous', 'Previous page', () => (this.page > 2 ? this.page - 1 : ''));
    this.next = button('Next', 'Next page', () => this.page + 1);
    this.last = button('Last', 'Last page', () => this.pages);
    this.told = element('span', {class: 'pager-told'});
    this.size = element(
      'select',
      {on: {change: () => change({size: this.size.value})}},
      SIZES.map((size) => element('option', {value: size}, size)),
    );
    this.node = element(
      'nav',
      {class: 'pager', 'aria-label': 'Pages'},
      this.told,
      element('span', {class: 'pager-buttons'}, this.first, this.previous, this.next, this.last),
      element('label', {class: 'field'}, element('span', {}, 'Rows'), this.size),
    );
    this.page = 1;
    this.pages = 1;
  }

  range(parameters) {
    const size = Number(parameters.get('size'));
    const limit = SIZES.includes(size) ? size : USUAL_SIZE;
    this.size.value = limit;
    const page = Math.max(1, Math.floor(Number(parameters.get('page'))) || 1);
    return {limit, offset: (page - 1) * limit};
  }

  lastPage(answer) {
    return Math.max(1, Math.ceil(answer.matched / answer.limit));
  }

  show(answer, shown) {
    this.page = Math.floor(answer.offset / answer.limit) + 1;
    this.pages = this.lastPage(answer);
    const first = answer.offset + 1;
    setText(
      this.told,
      shown === 0
        ? ''
        : `${number(first)}\u2013${number(answer.offset + shown)} of ${number(answer.matched)}`,
    );
    const atStart = String(this.page <= 1);
    const atEnd = String(this.page >= this.pages);
    setAttribute(this.first, 'aria-disabled', atStart);
    setAttribute(this.previous, 'aria-disabled', atStart);
    setAttribute(this.next, 'aria-disabled', atEnd);
    setAttribute(this.last, 'aria-disabled', atEnd);
    this.node.hidden = shown === 0 && answer.matched === 0;
  }
}

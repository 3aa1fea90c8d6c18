// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Asks before something is done that cannot be undone.
import {element} from './dom.js';

let ids = 0;

/** Resolves to whether the viewer said yes. `text`: nodes or texts. */
export function confirm({title, text, yes, dangerous = false}) {
  return new Promise((resolve) => {
    const id = `dialog-${++ids}`;
    const answer = (value) => () => dialog.close(value);
    const no = element('button', {type: 'button', class: 'button', on: {click: answer('')}}, 'Cancel');
    const dialog = element(
      'dialog',
      {class: 'dialog', 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-text`},
      element('h2', {id: `${id}-title`}, title),
      element('p', {id: `${id}-text`}, text),
      element(
        'div',
        {class: 'dialog-buttons'},
        no,
        element(
          'button',
          {type: 'button', class: `button ${dangerous ? 'danger' : 'primary'}`, on: {click: answer('yes')}},
          yes,
        ),
      ),
    );
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close(''));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Shapes, so that a state is told by more than its colour.

const SVG = 'http://www.w3.org/2000/svg';
const SHAPES = {
  reachable: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z',
  suspect: 'M6 0.8L11.6 11H0.4z',
  held: 'M2 1.5h3v9H2zM7 1.5h3v9H7z',
  gone: 'M2.6 1.2L6 4.6L9.4 1.2L10.8 2.6L7.4 6L10.8 9.4L9.4 10.8L6 7.4L2.6 10.8L1.2 9.4L4.6 6L1.2 2.6z',
  up: 'M6 3L10.5 9H1.5z',
  down: 'M6 9L10.5 3H1.5z',
  swatch:
    'M2.5 1h7a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5h-7a1.5 1.5 0 0 1-1.5-1.5v-7a1.5 1.5 0 0 1 1.5-1.5z',
  line: 'M0 5h12v2.4H0z',
  dashes: 'M0 5h5v2.4H0zM7 5h5v2.4H7z',
  dots: 'M0 5h2.2v2.4H0zM4.9 5h2.2v2.4H4.9zM9.8 5h2.2v2.4H9.8z',
  dot: 'M6 3.2a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 1 1 0-5.6z',
};

/** A shape of 12 by 12 in the colour of the text around it; means nothing to who cannot see it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 12 12');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', SHAPES[name] ?? SHAPES.dot);
  svg.append(path);
  return svg;
}

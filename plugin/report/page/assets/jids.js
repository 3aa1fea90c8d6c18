// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A full JID is user@domain/resource; only the first slash parts it.
export const bareOf = (jid) => jid.split('/', 1)[0];

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <gloox/client.h>

namespace liveness::support {

/// gloox becomes available by itself when it has logged in; this one waits to be told.
class QuietClient : public gloox::Client {
 public:
  using Client::Client;

 private:
  void rosterFilled() override { notifyOnConnect(); }
};

}  // namespace liveness::support

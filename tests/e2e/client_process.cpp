// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A client that does nothing but be there, as a process that a test can kill.
// usage: e2e_client ADDRESS PORT USER RESOURCE
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "support/xmpp_client.h"

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  try {
    liveness::support::XmppClient client({argv[1], static_cast<std::uint16_t>(std::stoi(argv[2])), {}},
                                         {argv[3], argv[4]});
    client.available("as a process");
    pause();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

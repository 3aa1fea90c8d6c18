// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/net_namespaces.h"

#include <unistd.h>

#include <atomic>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "support/child_process.h"
#include "support/skip.h"

namespace liveness::support {
namespace {

CommandResult ip(const std::string& arguments) {
  std::vector<std::string> words{"ip"};
  std::istringstream in(arguments);
  for (std::string word; in >> word;) words.push_back(word);
  return run({words, {}, {}});
}

void mustIp(const std::string& arguments) {
  const auto result = ip(arguments);
  if (result.status != 0) throw std::runtime_error("ip " + arguments + ": " + result.output);
}

}  // namespace

NetNamespaces::NetNamespaces() {
  requireRoot("cutting a network");
  requireProgram("ip", "iproute2");
  static std::atomic<int> serial{0};
  const auto name = "lvt" + std::to_string(getpid()) + "x" + std::to_string(serial++);
  server_ = name + "s";
  client_ = name + "c";
  try {
    mustIp("netns add " + server_);
    mustIp("netns add " + client_);
    mustIp("-n " + server_ + " link add cable type veth peer name cable netns " + client_);
    mustIp("-n " + server_ + " address add " + kServerAddress + "/24 dev cable");
    mustIp("-n " + client_ + " address add " + kClientAddress + "/24 dev cable");
    for (const auto& space : {server_, client_}) {
      mustIp("-n " + space + " link set lo up");
      // Else the kernel adds an IPv6 address two seconds later, and a browser gives up what it is loading
      // then (net::ERR_NETWORK_CHANGED).
      mustIp("-n " + space + " link set cable addrgenmode none");
      mustIp("-n " + space + " link set cable up");
    }
  } catch (...) {
    remove();
    throw;
  }
}

NetNamespaces::~NetNamespaces() {
  remove();
}

void NetNamespaces::remove() noexcept {
  for (const auto& space : {server_, client_}) {
    try {
      ip("netns del " + space);
    } catch (...) {  // there is nobody left to tell
    }
  }
}

// At the client's end: the server keeps address and route, so that what it sends is lost and not refused.
void NetNamespaces::cut() {
  mustIp("-n " + client_ + " link set cable down");
}

void NetNamespaces::restore() {
  mustIp("-n " + client_ + " link set cable up");
}

}  // namespace liveness::support

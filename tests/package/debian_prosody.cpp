// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "package/debian_prosody.h"

#include <csignal>
#include <stdexcept>

#include "support/eventually.h"
#include "support/prosody_stop.h"

namespace liveness::package {

using support::Endpoint;

DebianProsody::DebianProsody(const DebianRoot& root) : root_(root) {
  // The clients of the tests do without TLS. A file of conf.d begins among the global options.
  support::writeFile(root_.path("/etc/prosody/conf.d/test.cfg.lua"), "c2s_require_encryption = false\n");
  for (const char* name : {"romeo", "juliet"})
    root_.must({"prosodyctl", "register", name, "localhost", "secret"});
}

void DebianProsody::enable() {
  root_.must({"sed", "-i", R"(s/^modules_enabled = {$/&\n\t"liveness";/)", kConfig});
}

void DebianProsody::start() {
  root_.must({"install", "-d", "-o", "prosody", "-g", "prosody", "/run/prosody"});
  support::writeFile(root_.path("/var/log/prosody/prosody.log"), "");
  root_.must({"chown", "prosody:adm", "/var/log/prosody/prosody.log"});
  support::Command command{};
  command.arguments = root_.inside({"setpriv", "--reuid=prosody", "--regid=prosody", "--init-groups",
                                    "--pdeathsig=KILL", "--", "prosody", "-F"});
  command.output = root_.path("/var/log/prosody/output");
  command.network_namespace = network_.server();
  process_ = std::make_unique<support::ChildProcess>(command);
  const bool up = support::eventually(support::kPatience, [&] {
    if (!process_->running()) return false;
    return support::isServed(client()) &&
           std::filesystem::exists(root_.path("/var/lib/prosody/prosody.sock"));
  });
  if (!up)
    throw std::runtime_error("Prosody does not come up:\n" + support::readFile(command.output) + log());
}

bool DebianProsody::stop() {
  if (!process_) return true;
  if (support::stopProsody(
          process_->pid(), [&] { return running(); }, [&] { return log(); }))
    return true;
  process_->signal(SIGKILL);
  return false;
}

Endpoint DebianProsody::client() const {
  return {support::NetNamespaces::kServerAddress, 5222, network_.client()};
}

Endpoint DebianProsody::http() const {
  return {"127.0.0.1", 5280, network_.server()};
}

std::string DebianProsody::log() const {
  return support::readFile(root_.path("/var/log/prosody/prosody.log"));
}

std::optional<support::StoredLastSeen> DebianProsody::lastSeen(const std::string& bare_jid) const {
  return support::readLastSeen(root_.path(kRecords), bare_jid);
}

}  // namespace liveness::package

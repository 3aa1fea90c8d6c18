// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace liveness::support {

/// Cuts what a server sends into stanzas, as text: each <stream:stream> header, each whole child of the
/// stream, and </stream:stream>. For well-formed XML without CDATA and comments, which is what XMPP servers
/// send.
class StanzaSplitter {
 public:
  void feed(std::string_view bytes) { buffer_ += bytes; }

  /// The next whole one, or nullopt until more has come.
  std::optional<std::string> next();

 private:
  std::string buffer_;
};

}  // namespace liveness::support

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/stanza_splitter.h"

namespace liveness::support {
namespace {

/// Where the tag that begins at `from` ends (one past its '>'), heeding quotes; npos: not there yet.
std::size_t tagEnd(std::string_view text, std::size_t from) {
  char quote = 0;
  for (auto i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

bool standsAlone(std::string_view tag) {
  return tag.substr(0, 2) == "<?" || tag.substr(0, 14) == "<stream:stream" ||
         tag.substr(0, 15) == "</stream:stream";
}

}  // namespace

std::optional<std::string> StanzaSplitter::next() {
  const auto begin = buffer_.find('<');
  if (begin == std::string::npos) {
    buffer_.clear();  // whitespace between stanzas
    return std::nullopt;
  }
  int depth = 0;
  for (auto at = begin; at != std::string::npos; at = buffer_.find('<', at)) {
    const auto end = tagEnd(buffer_, at);
    if (end == std::string::npos) return std::nullopt;
    const auto tag = std::string_view(buffer_).substr(at, end - at);
    const bool closing = tag[1] == '/';
    const bool empty = tag[tag.size() - 2] == '/';
    if (closing) --depth;
    if (!closing && !empty) ++depth;
    if (depth <= 0 || standsAlone(tag)) {
      auto stanza = buffer_.substr(begin, end - begin);
      buffer_.erase(0, end);
      return stanza;
    }
    at = end;
  }
  return std::nullopt;
}

}  // namespace liveness::support

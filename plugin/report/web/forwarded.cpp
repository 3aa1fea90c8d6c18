// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/web/forwarded.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace liveness::report::web {

namespace {

bool isSpace(char c) {
  return c == ' ' || c == '\t';
}

std::string trimmed(const std::string& text) {
  std::size_t from = 0;
  std::size_t to = text.size();
  while (from < to && isSpace(text[from])) ++from;
  while (to > from && isSpace(text[to - 1])) --to;
  return text.substr(from, to - from);
}

std::string lowered(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool isPort(const std::string& text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1] or [2001:db8::1]:80.
std::optional<Address> addressOf(const std::string& text) {
  if (!text.empty() && text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string::npos) return {};
    const std::string inner = text.substr(1, end - 1);
    if (inner.find(':') == std::string::npos) return {};
    const std::string rest = text.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !isPort(rest.substr(1)))) return {};
    return Address::parse(inner);
  }
  const auto colon = text.find(':');
  if (colon != std::string::npos && text.find('.') < colon && isPort(text.substr(colon + 1)))
    return Address::parse(text.substr(0, colon));
  return Address::parse(text);
}

/// Reads the header's elements; `ok` is false from the first thing that should not be there.
class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  Forwarded read() {
    do element();
    while (ok_ && take(','));
    if (ok_ && at_ == text_.size() && !found_.chain.empty()) return std::move(found_);
    return {{std::nullopt}, false};
  }

 private:
  void element() {
    skipSpace();
    if (at_ == text_.size() || text_[at_] == ',')
      return;  // an empty element is none (RFC 9110, section 5.6.1)
    for_.reset();
    proto_.reset();
    do pair();
    while (ok_ && take(';'));
    found_.chain.push_back(for_ ? addressOf(*for_) : std::nullopt);
    if (proto_ && lowered(*proto_) != "https") found_.all_secure = false;
  }

  void pair() {
    skipSpace();
    if (at_ == text_.size() || text_[at_] == ';' || text_[at_] == ',') return;
    const std::string name = lowered(token());
    if (name.empty() || !take('=')) return fail();
    const std::string value = at_ < text_.size() && text_[at_] == '"' ? quoted() : token();
    skipSpace();
    if (name == "for") keep(for_, value);
    if (name == "proto") keep(proto_, value);
  }

  void keep(std::optional<std::string>& place, const std::string& value) {
    if (place) fail();  // each at most once in an element
    place.emplace(value);
  }

  /// Up to what ends it. More is taken than RFC 9110 has in a token: addresses with colons are seen unquoted.
  std::string token() {
    const auto end = std::min(text_.find_first_of(" \t,;=\"", at_), text_.size());
    std::string found = text_.substr(at_, end - at_);
    at_ = end;
    return found;
  }

  std::string quoted() {
    std::string found;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return found;
      }
      if (text_[at_] == '\\' && ++at_ == text_.size()) break;
      found += text_[at_];
    }
    fail();
    return {};
  }

  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skipSpace() {
    while (at_ < text_.size() && isSpace(text_[at_])) ++at_;
  }

  void fail() { ok_ = false; }

  const std::string& text_;
  std::size_t at_ = 0;
  bool ok_ = true;
  std::optional<std::string> for_;
  std::optional<std::string> proto_;
  Forwarded found_;
};

}  // namespace

Chain chainOfList(const std::string& value) {
  Chain chain;
  for (std::size_t at = 0; at <= value.size();) {
    const auto end = std::min(value.find(',', at), value.size());
    const std::string one = trimmed(value.substr(at, end - at));
    if (!one.empty()) chain.push_back(addressOf(one));
    at = end + 1;
  }
  if (chain.empty()) chain.emplace_back();
  return chain;
}

Forwarded parseForwarded(const std::string& value) {
  return Reader(value).read();
}

}  // namespace liveness::report::web

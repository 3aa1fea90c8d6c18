// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/direct_presences.h"

#include <algorithm>

#include "liveness/presence.h"

namespace liveness::core {

namespace {

bool isBare(std::string_view jid) {
  return jid.find('/') == std::string_view::npos;
}

/// A domain alone. Contacts have a node; what has none is a gateway or a service.
bool isGateway(std::string_view jid) {
  return jid.substr(0, jid.find('/')).find('@') == std::string_view::npos;
}

std::size_t costOf(const std::string& address, const std::string& xml) {
  constexpr std::size_t kNode = 128;
  return kNode + address.size() + xml.size();
}

}  // namespace

DirectPresences::Entries::iterator DirectPresences::erase(Entries::iterator entry) {
  bytes_ -= costOf(entry->first, entry->second.xml);
  return entries_.erase(entry);
}

template <class Condition>
void DirectPresences::eraseIf(Condition condition) {
  for (auto entry = entries_.begin(); entry != entries_.end();)
    entry = condition(*entry) ? erase(entry) : std::next(entry);
}

void DirectPresences::sent(const DirectedPresence& presence) {
  const std::string& to = presence.to;
  if (to.empty()) return;
  const bool bare = isBare(to);
  if (bare) {
    // All of the contact's resources get it. The places below a bare JID are left by unavailable only.
    const std::string below = to + "/";
    for (auto entry = entries_.lower_bound(below);
         entry != entries_.end() && entry->first.compare(0, below.size(), below) == 0;)
      entry = presence.available && entry->second.available ? std::next(entry) : erase(entry);
  }
  const auto old = entries_.find(to);
  if (old != entries_.end()) erase(old);
  Entry entry;
  entry.available = presence.available;
  entry.number = ++last_number_;
  // Only a contact is told it again.
  if (bare && presence.available && !isGateway(to) && presence.xml.size() <= kMaxPresenceBytes)
    entry.xml = presence.xml;
  bytes_ += costOf(to, entry.xml);
  entries_.emplace(to, std::move(entry));
  shrink();
}

void DirectPresences::shrink() {
  while (bytes_ > kMaxBytes)
    erase(std::min_element(entries_.begin(), entries_.end(),
                           [](const auto& a, const auto& b) { return a.second.number < b.second.number; }));
}

void DirectPresences::broadcast(bool available) {
  eraseIf([available](const auto& entry) {
    return !available || !entry.second.available || isBare(entry.first);
  });
}

DirectPresences::Kin DirectPresences::kinOf(std::string_view to, const std::string*& xml) const {
  const auto exact = entries_.find(to);
  if (!isBare(to)) {
    if (exact == entries_.end()) return kinOf(to.substr(0, to.find('/')), xml);
    return exact->second.available ? Kin::place : Kin::hidden;
  }
  bool hidden = exact != entries_.end() && !exact->second.available;
  const std::string below = std::string{to} + "/";
  for (auto entry = entries_.lower_bound(below);
       entry != entries_.end() && entry->first.compare(0, below.size(), below) == 0; ++entry) {
    if (entry->second.available) return Kin::place;
    hidden = true;
  }
  if (hidden) return Kin::hidden;
  if (isGateway(to)) return Kin::place;
  if (exact == entries_.end()) return Kin::contact;
  if (exact->second.xml.empty()) return Kin::place;  // what it was told cannot be told again
  xml = &exact->second.xml;
  return Kin::told;
}

Telling DirectPresences::tell(const std::string& to, Occasion occasion) const {
  using What = Telling::What;
  const std::string* xml = nullptr;
  const Kin kin = kinOf(to, xml);
  if (kin == Kin::hidden) return {};
  const bool place = kin == Kin::place;
  Telling telling;
  switch (occasion) {
    case Occasion::hold:
      telling.what = place ? What::nothing : What::held_view;
      break;
    case Occasion::asked:
      telling.what = place ? What::presence : What::held_view;
      break;
    case Occasion::resumption:
      telling.what = place ? What::nothing : What::presence;
      break;
    case Occasion::end:
      telling.what = What::departure;
      break;
    case Occasion::end_of_away:
      telling.what = place ? What::departure : What::nothing;
      break;
  }
  if (xml != nullptr) telling.xml = *xml;
  return telling;
}

Telling tellUnlessDirected(const std::string& to, Occasion occasion) {
  static const DirectPresences kNothing;
  return kNothing.tell(to, occasion);
}

}  // namespace liveness::core

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/ad_hoc_client.h"

#include <gloox/adhoc.h>
#include <gloox/adhochandler.h>
#include <gloox/client.h>
#include <gloox/connectionlistener.h>
#include <gloox/dataform.h>
#include <gloox/dataformfield.h>
#include <gloox/dataformitem.h>
#include <gloox/disco.h>
#include <gloox/error.h>
#include <gloox/stanzaextension.h>
#include <gloox/tag.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "support/gloox_connection.h"
#include "support/quiet_client.h"

namespace liveness::support {
namespace {

using Command = gloox::Adhoc::Command;

std::string conditionOf(const gloox::Error* error) {
  switch (error != nullptr ? error->error() : gloox::StanzaErrorUndefined) {
    case gloox::StanzaErrorForbidden:
      return "forbidden";
    case gloox::StanzaErrorItemNotFound:
      return "item-not-found";
    case gloox::StanzaErrorServiceUnavailable:
      return "service-unavailable";
    default:
      return "another error";
  }
}

std::string statusOf(const Command& command) {
  switch (command.status()) {
    case Command::Executing:
      return "executing";
    case Command::Completed:
      return "completed";
    case Command::Canceled:
      return "canceled";
    default:
      return "no status";
  }
}

/// Reads the notes of a command off the stanza: gloox's own Command finds none where it is a part of one.
class NoteReader : public gloox::StanzaExtension {
 public:
  explicit NoteReader(std::vector<std::string>& notes) : StanzaExtension(gloox::ExtUser + 1), notes_(notes) {}

  const std::string& filterString() const override {
    static const std::string filter = "/iq/command[@xmlns='http://jabber.org/protocol/commands']";
    return filter;
  }
  gloox::StanzaExtension* newInstance(const gloox::Tag* tag) const override {
    notes_.clear();
    for (const auto* note : tag->findChildren("note"))
      notes_.push_back(note->findAttribute("type") + ": " + note->cdata());
    return new NoteReader(notes_);
  }
  gloox::Tag* tag() const override { return nullptr; }
  gloox::StanzaExtension* clone() const override { return new NoteReader(notes_); }

 private:
  std::vector<std::string>& notes_;
};

CommandStep::Fields fieldsOf(const gloox::DataFormFieldContainer& container) {
  CommandStep::Fields found;
  for (const auto* field : container.fields()) found[field->name()] = field->value();
  return found;
}

CommandStep describe(const Command& command) {
  CommandStep step;
  step.status = statusOf(command);
  step.node = command.node();
  step.session = command.sessionID();
  if (const auto* form = dynamic_cast<const gloox::DataForm*>(command.plugin())) {
    step.fields = fieldsOf(*form);
    for (const auto* item : form->items()) step.rows.push_back(fieldsOf(*item));
  }
  return step;
}

Command::Action actionOf(const std::string& name) {
  if (name == "next") return Command::Next;
  if (name == "prev") return Command::Previous;
  if (name == "cancel") return Command::Cancel;
  return Command::Complete;
}

/// Takes the form. gloox's constructors for requests leave the status as it happens to be.
Command* requestOf(const std::string& node, const std::string& session, Command::Action action,
                   gloox::DataForm* form) {
  return new Command(node, session, Command::InvalidStatus, action, 0, form);
}

}  // namespace

bool CommandStep::noted(const std::string& text) const {
  return std::any_of(notes.begin(), notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

class AdHocClient::Impl : gloox::ConnectionListener, gloox::AdhocHandler {
 public:
  Impl(const Endpoint& endpoint, const Login& login)
      : client_(gloox::JID(login.fullJid()), login.password), ad_hoc_(&client_) {
    client_.setConnectionImpl(new GlooxConnection(&client_, endpoint, [] {}));
    client_.setTls(gloox::TLSDisabled);
    client_.setCompression(false);
    client_.disableRoster();
    client_.registerStanzaExtension(new NoteReader(notes_));
    client_.registerConnectionListener(this);
    client_.connect(false);
    await([this] { return connected_; });
  }

  std::map<std::string, std::string> commands(const std::string& domain) {
    commands_.reset();
    ad_hoc_.getCommands(gloox::JID(domain), this);
    await([this] { return commands_.has_value(); });
    return *commands_;
  }

  /// gloox takes the command.
  CommandStep run(const std::string& domain, const Command* command) {
    step_.reset();
    ad_hoc_.execute(gloox::JID(domain), command, this);
    await([this] { return step_.has_value(); });
    return *step_;
  }

 private:
  template <class Condition>
  void await(Condition&& condition) {
    const auto deadline = SteadyClock::now() + kPatience;
    while (!condition()) {
      if (lost_ || SteadyClock::now() > deadline) throw std::runtime_error("no answer from the server");
      client_.recv(50000);
    }
  }

  void onConnect() override { connected_ = true; }
  void onDisconnect(gloox::ConnectionError) override { lost_ = true; }
  bool onTLSConnect(const gloox::CertInfo&) override { return true; }

  void handleAdhocSupport(const gloox::JID&, bool, int) override {}
  void handleAdhocCommands(const gloox::JID&, const gloox::StringMap& commands, int) override {
    commands_ = std::map<std::string, std::string>(commands.begin(), commands.end());
  }
  void handleAdhocError(const gloox::JID&, const gloox::Error* error, int) override {
    commands_.emplace();  // a host without commands refuses the question
    step_.emplace();
    step_->error = conditionOf(error);
  }
  void handleAdhocExecutionResult(const gloox::JID&, const Command& command, int) override {
    step_ = describe(command);
    step_->notes = notes_;
  }

  std::vector<std::string> notes_;
  QuietClient client_;
  gloox::Adhoc ad_hoc_;
  bool connected_ = false;
  bool lost_ = false;
  std::optional<std::map<std::string, std::string>> commands_;
  std::optional<CommandStep> step_;
};

AdHocClient::AdHocClient(const Endpoint& endpoint, const Login& login)
    : impl_(std::make_unique<Impl>(endpoint, login)) {}

AdHocClient::~AdHocClient() = default;

std::map<std::string, std::string> AdHocClient::commands(const std::string& domain) {
  return impl_->commands(domain);
}

CommandStep AdHocClient::execute(const std::string& domain, const std::string& node) {
  return impl_->run(domain, requestOf(node, {}, Command::Execute, nullptr));
}

CommandStep AdHocClient::submit(const std::string& domain, const CommandStep& step,
                                const CommandStep::Fields& fields, const std::string& action) {
  auto* form = new gloox::DataForm(gloox::TypeSubmit);  // the command takes ownership
  for (const auto& [name, value] : fields) form->addField(gloox::DataFormField::TypeNone, name, value);
  return impl_->run(domain, requestOf(step.node, step.session, actionOf(action), form));
}

}  // namespace liveness::support

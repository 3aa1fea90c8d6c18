// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/tcp_socket.h"
#include "support/temp_dir.h"

namespace liveness::e2e {

/// Somebody who looks at the page: a real Chromium, driven by a program of tests/page that does what it is
/// told. Throws Skip where something for that is missing, std::runtime_error with what the browser says where
/// something does not come.
class Viewer {
 public:
  /// `http`: of a server whose pages are those of localhost whatever a browser calls it.
  explicit Viewer(const support::Endpoint& http);
  ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  /// Opens the page as somebody who signs in, in a new and empty profile. Answers with the HTTP status.
  int open(const std::string& user, const std::string& password, const std::string& look = "light",
           const std::string& hash = {});

  /// Goes to another view of it: "#/away".
  void go(const std::string& hash) { ask({"go", hash}); }

  /// Waits for the row of the table that has `text` in it and says `words` in `column`. All of its columns.
  std::map<std::string, std::string> row(const std::string& text, const std::string& column,
                                         const std::string& words);
  void noRow(const std::string& text) { ask({"noRow", text}); }

  void sees(const std::string& text) { ask({"sees", text}); }
  std::string text(const std::string& selector) { return ask({"text", selector}).at(0); }
  void drawn() { ask({"drawn"}); }
  void press(const std::string& button) { ask({"press", button}); }
  void follow(const std::string& link) { ask({"follow", link}); }

  void key(const std::string& key) { ask({"key", key}); }
  void keyUntil(const std::string& key, const std::string& name) { ask({"keyUntil", key, name}); }
  std::string focus() { return ask({"focus"}).at(0); }

  /// Where the picture is.
  std::string shot(const std::string& name) { return ask({"shot", name}).at(0); }

  /// What fits this pattern is no problem.
  void expect(const std::string& pattern) { ask({"expect", pattern}); }

  /// What went wrong in the browser, one a line: errors, violations of the policy, requests to elsewhere.
  std::string problems();

 private:
  std::vector<std::string> ask(const std::vector<std::string>& words);
  std::vector<std::string> answer();

  support::TempDir dir_{"lv"};
  int socket_ = -1;
  std::string buffer_;
  std::unique_ptr<support::ChildProcess> process_;
};

}  // namespace liveness::e2e

// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/child_process.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "support/temp_dir.h"

namespace liveness::support {
namespace {

constexpr int kCannotStart = 127;

// Between fork and exec: nothing here may allocate, other threads may have held the heap's lock.
[[noreturn]] void become(char* const* arguments, const char* output, int input, int network_namespace,
                         pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotStart);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (network_namespace >= 0 && setns(network_namespace, CLONE_NEWNET) != 0) _exit(kCannotStart);
  const int in = input >= 0 ? input : open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  dup2(in, 0);
  dup2(out, 1);
  dup2(out, 2);
  execvp(arguments[0], arguments);
  _exit(kCannotStart);
}

int openNamespace(const std::string& name) {
  const auto path = "/run/netns/" + name;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw std::runtime_error("cannot open " + path + ": " + std::strerror(errno));
  return fd;
}

}  // namespace

ChildProcess::ChildProcess(const Command& command) {
  std::vector<std::string> words = command.arguments;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string output = command.output.empty() ? "/dev/null" : command.output.string();
  const int space = command.network_namespace.empty() ? -1 : openNamespace(command.network_namespace);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) become(arguments.data(), output.c_str(), command.input, space, parent);
  if (space >= 0) close(space);
  if (pid_ < 0) throw std::runtime_error("cannot fork: " + std::string(std::strerror(errno)));
}

ChildProcess::~ChildProcess() {
  if (!running()) return;
  signal(SIGKILL);
  wait(kPatience);
}

bool ChildProcess::running() {
  return !wait(milliseconds{0});
}

void ChildProcess::signal(int number) {
  if (!status_) kill(pid_, number);
}

std::optional<int> ChildProcess::wait(milliseconds deadline) {
  eventually(deadline, [&] {
    int raw = 0;
    if (!status_ && waitpid(pid_, &raw, WNOHANG) == pid_)
      status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : -WTERMSIG(raw);
    return status_.has_value();
  });
  return status_;
}

CommandResult run(Command command, milliseconds deadline) {
  TempDir dir("liveness-run");
  if (command.output.empty()) command.output = dir.path() / "output";
  ChildProcess child(command);
  const auto status = child.wait(deadline);
  if (!status) throw std::runtime_error(command.arguments.front() + " does not come to an end");
  return {*status, readFile(command.output)};
}

void enterNetworkNamespace(const std::string& name) {
  if (name.empty()) return;
  const int fd = openNamespace(name);
  const int failed = setns(fd, CLONE_NEWNET);
  close(fd);
  if (failed != 0) throw std::runtime_error("cannot enter " + name + ": " + std::strerror(errno));
}

}  // namespace liveness::support

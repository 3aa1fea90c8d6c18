// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Like doctest's own main(), but knows two more outcomes: what is missing on this machine is a skip (exit
// 77), and a suite without a single test case, such as a misspelt one, is a failure.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "support/skip.h"

#ifdef LIVENESS_SANITIZED
/// SOCI lets go of a connection whose server ends it right after it was made: its session's constructor asks
/// for something more before it keeps what PQconnectdb() gave it.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:PQconnectdb";
}
#endif

namespace {

using liveness::support::kSkipped;
using liveness::support::Skip;

const std::string kSkipMark = "skipped: ";
bool skipped = false;
bool failed = false;
unsigned cases_run = 0;

// doctest tells exceptions to listeners as text only, so a skip is marked in it.
REGISTER_EXCEPTION_TRANSLATOR(const Skip& skip) {
  return (kSkipMark + skip.what()).c_str();
}

struct SkipListener : doctest::IReporter {
  explicit SkipListener(const doctest::ContextOptions&) {}
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& stats) override {
    cases_run = stats.numTestCasesPassingFilters;
  }
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException& thrown) override {
    const bool is_skip = std::string(thrown.error_string.c_str()).rfind(kSkipMark, 0) == 0;
    (is_skip ? skipped : failed) = true;
  }
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& checked) override { failed = failed || checked.m_failed; }
  void log_message(const doctest::MessageData& message) override {
    failed = failed || (message.m_severity & doctest::assertType::is_warn) == 0;
  }
  void test_case_skipped(const doctest::TestCaseData&) override {}
};
REGISTER_LISTENER("skips", 1, SkipListener);

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  doctest::Context context(argc, argv);
  const int result = context.run();
  if (context.shouldExit()) return result;
  if (cases_run == 0) {
    std::fprintf(stderr, "no test case has that name\n");
    return 1;
  }
  return result != 0 && skipped && !failed ? kSkipped : result;
}

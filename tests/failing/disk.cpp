// A disk that fails at its n-th call, for every n there is.

#include <catch2/catch.hpp>
#include <cerrno>

#include "runtime/files/input_file.h"
#include "runtime/files/run_folder.h"
#include "tests/failing/failing_calls.h"
#include "tests/failing/scenarios.h"
#include "tests/files/temporary_folder.h"

namespace dlc::tests {

namespace {

struct Kind {
  std::string name;
  unsigned calls;
  Trouble trouble;
  int error;
};

bool is_part(const std::string& name) {
  return name.ends_with(".part");
}

/// Each file is the one before or the whole new one; none is gone.
void check_whole(const Files& files, const Files& before, const Files& after, bool parts_may_stay) {
  for (const auto& [name, content] : files) {
    INFO(name);
    if (is_part(name)) {
      CHECK(parts_may_stay);
      continue;
    }
    const bool is_old = before.contains(name) && before.at(name) == content;
    const bool is_new = after.contains(name) && after.at(name) == content;
    CHECK((is_old || is_new));
  }
  for (const auto& [name, content] : before) CHECK(files.contains(name));
}

void check_told(const Failure& failure, const std::filesystem::path& folder, int error) {
  const std::string line = one_line(failure);
  INFO(line);
  CHECK(line.starts_with(folder.string()));
  CHECK(line.find(reason_of(error)) != std::string::npos);
}

/// The n-th call fails; says whether there was one.
bool fails_at(const Writing& writing, const Kind& kind, long n) {
  const TemporaryFolder folder;
  const TemporaryFolder model;
  for (const auto* path : {&folder.path(), &model.path()}) REQUIRE(writing.write(*path, 1));
  const Files before = files_of(folder.path());
  REQUIRE(writing.write(model.path(), 2));
  const Files after = files_of(model.path());
  const int open = open_files();
  Result<void> result;
  const long calls = with_failing({kind.calls, kind.trouble, kind.error, n},
                                  [&] { result = writing.write(folder.path(), 2); });
  INFO(writing.name << ", " << kind.name << ", call " << n << " of " << calls);
  CHECK(open_files() == open);
  check_whole(files_of(folder.path()), before, after, (kind.calls & bit(SystemCall::unlink)) != 0);
  if (result) {
    CHECK(files_of(folder.path()) == after);
  } else {
    check_told(result.failure(), folder.path(), kind.error);
  }
  CHECK((result || calls >= n));
  CHECK((!result || calls < n || kind.trouble == Trouble::shortened));
  // What stands there is no hindrance when the disk is well again. (A new run has a folder of its own.)
  REQUIRE(writing.write(folder.path(), 2));
  for (const auto& [name, content] : files_of(folder.path()))
    CHECK((!is_part(name) || writing.name == "model"));
  return calls >= n;
}

bool fails_at(const Reading& reading, const Kind& kind, long n) {
  const TemporaryFolder folder;
  reading.prepare(folder.path());
  const Result<std::string> whole = reading.read(folder.path());
  if (!whole) FAIL(reading.name << ": " << one_line(whole.failure()));
  const int open = open_files();
  Result<std::string> result = std::string();
  const long calls =
      with_failing({kind.calls, kind.trouble, kind.error, n}, [&] { result = reading.read(folder.path()); });
  INFO(reading.name << ", " << kind.name << ", call " << n << " of " << calls);
  CHECK(open_files() == open);
  if (result) {
    CHECK(*result == *whole);
  } else {
    check_told(result.failure(), folder.path(), kind.error);
  }
  CHECK((!result || calls < n || kind.trouble == Trouble::shortened));
  return calls >= n;
}

template <class Scenario>
void fails_everywhere(const std::vector<Scenario>& scenarios, const std::vector<Kind>& kinds) {
  for (const Scenario& scenario : scenarios) {
    for (const Kind& kind : kinds) {
      long n = 1;
      while (fails_at(scenario, kind, n)) ++n;
      INFO(scenario.name << ", " << kind.name);
      CHECK(n > 3);
    }
  }
}

}  // namespace

TEST_CASE("a disk that fails at any call leaves each file old or new, and is told", "[failing][law]") {
  const unsigned all = calls_that_write | bit(SystemCall::stat);
  fails_everywhere(all_writings(),
                   {{"the disk is full once", all, Trouble::once, ENOSPC},
                    {"the disk is full", all, Trouble::onwards, ENOSPC},
                    {"an error of the disk", all, Trouble::once, EIO},
                    {"the disk is gone", all | bit(SystemCall::unlink), Trouble::onwards, EIO},
                    {"a short write", all, Trouble::shortened, 0}});
}

TEST_CASE("a disk that cannot be read ends in what was there or in a message", "[failing][law]") {
  const unsigned all = calls_that_read;
  fails_everywhere(all_readings(), {{"an error of the disk once", all, Trouble::once, EIO},
                                    {"the disk is gone", all, Trouble::onwards, EIO},
                                    {"a short read", all, Trouble::shortened, 0}});
}

/// How many of these calls the works make when nothing fails.
template <class Scenario, class Work>
long calls_of(SystemCall call, const std::vector<Scenario>& scenarios, const Work& work) {
  long count = 0;
  for (const Scenario& scenario : scenarios) {
    const TemporaryFolder folder;
    count += work(scenario, folder.path(), FailurePlan{bit(call), Trouble::once, 0, 0});
  }
  return count;
}

TEST_CASE("each kind of call that can fail is made by something that is tried", "[failing]") {
  const auto reads = [](const Reading& reading, const std::filesystem::path& folder,
                        const FailurePlan& plan) {
    reading.prepare(folder);
    return with_failing(plan, [&] { CHECK(reading.read(folder)); });
  };
  const auto writes = [](const Writing& writing, const std::filesystem::path& folder,
                         const FailurePlan& plan) {
    return with_failing(plan, [&] { CHECK(writing.write(folder, 1)); });
  };
  for (unsigned i = 0; i < static_cast<unsigned>(SystemCall::memory); ++i) {
    INFO("call " << i);
    const auto call = static_cast<SystemCall>(i);
    if ((calls_that_read & bit(call)) != 0) CHECK(calls_of(call, all_readings(), reads) > 0);
    if ((calls_that_write & bit(call)) != 0) CHECK(calls_of(call, all_writings(), writes) > 0);
  }
}

TEST_CASE("a run that cannot be looked at is not written over", "[failing]") {
  const TemporaryFolder folder;
  folder.put("last.safetensors", "weights");
  long n = 0;
  for (long calls = 1; calls >= n;) {
    ++n;
    bool is_taken = true;
    calls = with_failing({bit(SystemCall::stat), Trouble::once, EIO, n},
                         [&] { is_taken = static_cast<bool>(take_run_folder(folder.path())); });
    INFO(n << " of " << calls);
    CHECK_FALSE(is_taken);
  }
  CHECK(n > 6);
}

TEST_CASE("a write that was interrupted goes on", "[failing]") {
  for (const Writing& writing : all_writings()) {
    const TemporaryFolder folder;
    for (long n = 1, calls = n; calls >= n; ++n) {
      Result<void> result;
      calls = with_failing({bit(SystemCall::write), Trouble::once, EINTR, n},
                           [&] { result = writing.write(folder.path(), 1); });
      CHECK(result);
    }
  }
}

}  // namespace dlc::tests

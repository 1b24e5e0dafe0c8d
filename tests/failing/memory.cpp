// Memory that is refused at the n-th asking, for every n there is.
//
// Each row of attempts is made in a process of its own: where a library cannot bear what it asked for
// (nlohmann's JSON and std::filesystem ask for memory in destructors), the process ends as the command would:
// in one line. Then the row goes on behind that place.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstring>
#include <new>

#include "tests/failing/failing_calls.h"
#include "tests/failing/scenarios.h"
#include "tests/files/temporary_folder.h"
#include "tools/dlc/bug_report.h"

namespace dlc::tests {

namespace {

constexpr int ended_by_library = 1;  // the command's status for a failure of the world
constexpr int attempt_is_wrong = 3;

/// What the process that makes the attempts tells the one that judges them.
struct Board {
  long n = 0;  // the attempt that is made now
  bool is_done = false;
  long told = 0;    // attempts that ended in a failure
  long thrown = 0;  // … in std::bad_alloc
  long kept = 0;    // … in success all the same
  char wrong[1000] = {};
};

/// One attempt: empty where all is as it should be, else what is not. Says how much memory was asked for.
using Attempt = std::function<std::string(const FailurePlan& plan, Board& board, long& calls)>;

/// The work with the plan in force. Of a failure it sees that it is about memory.
template <class T>
std::string tried(const FailurePlan& plan, Board& board, long& calls, Result<T>& result,
                  const std::function<Result<T>()>& work) {
  try {
    calls = with_failing(plan, [&] { result = work(); });
  } catch (const std::bad_alloc&) {
    calls = plan.at;
    ++board.thrown;
    return "thrown";
  }
  if (result) return "";
  ++board.told;
  const std::string line = one_line(result.failure());
  return line.find("memory") != std::string::npos ? "told" : line;
}

void make_attempts(const Attempt& attempt, Trouble trouble, Board& board) {
  report_our_mistakes("tests-failing", "");
  if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(attempt_is_wrong);
  for (long calls = board.n + 1; !board.is_done;) {
    ++board.n;
    const std::string wrong = attempt({bit(SystemCall::memory), trouble, 0, board.n}, board, calls);
    if (!wrong.empty()) {
      std::strncpy(board.wrong, wrong.c_str(), sizeof board.wrong - 1);
      _exit(attempt_is_wrong);
    }
    board.is_done = calls < board.n;
  }
  _exit(0);
}

void check_all(const std::string& name, const Attempt& attempt) {
  for (const Trouble trouble : {Trouble::once, Trouble::onwards}) {
    void* const shared =
        mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    Board& board = *new (shared) Board;
    long by_library = 0;
    bool is_well = true;
    while (is_well && !board.is_done) {
      const pid_t child = fork();
      if (child == 0) make_attempts(attempt, trouble, board);
      int status = 0;
      REQUIRE(waitpid(child, &status, 0) == child);
      const bool is_ended = WIFEXITED(status) && WEXITSTATUS(status) == ended_by_library;
      by_library += is_ended ? 1 : 0;
      is_well = is_ended || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
      INFO(name << (trouble == Trouble::once ? ", once" : ", onwards") << ", at " << board.n << ": status "
                << status << " " << board.wrong);
      CHECK(is_well);
    }
    INFO(name << ": " << board.n << " attempts, " << board.told << " told, " << board.thrown << " thrown, "
              << board.kept << " kept, " << by_library << " ended by a library");
    CHECK(board.n > 3);
    CHECK(board.told + board.thrown + by_library > board.n / 2);
    munmap(shared, sizeof(Board));
  }
}

Attempt attempt_of(const Writing& writing) {
  return [&writing](const FailurePlan& plan, Board& board, long& calls) -> std::string {
    const TemporaryFolder folder;
    const TemporaryFolder model;
    if (!writing.write(folder.path(), 1) || !writing.write(model.path(), 1)) return "nothing was written";
    const Files before = files_of(folder.path());
    if (!writing.write(model.path(), 2)) return "nothing was written over it";
    const Files after = files_of(model.path());
    const int open = open_files();
    Result<void> result;
    const std::string end =
        tried<void>(plan, board, calls, result, [&] { return writing.write(folder.path(), 2); });
    if (!end.empty() && end != "told" && end != "thrown") return end;
    if (open_files() != open) return "a file stayed open";
    const Files now = files_of(folder.path());
    for (const auto& [name, content] : now) {
      const bool is_old = before.contains(name) && before.at(name) == content;
      const bool is_new = after.contains(name) && after.at(name) == content;
      if (!is_old && !is_new) return name + " is neither old nor new";
    }
    for (const auto& [name, content] : before) {
      if (!now.contains(name)) return name + " is gone";
    }
    if (end.empty() && now != after) return "not all was written, but nothing was told";
    if (end.empty()) ++board.kept;
    return "";
  };
}

Attempt attempt_of(const Reading& reading) {
  return [&reading](const FailurePlan& plan, Board& board, long& calls) -> std::string {
    const TemporaryFolder folder;
    reading.prepare(folder.path());
    const Result<std::string> whole = reading.read(folder.path());
    if (!whole) return one_line(whole.failure());
    const int open = open_files();
    Result<std::string> result = std::string();
    const std::string end =
        tried<std::string>(plan, board, calls, result, [&] { return reading.read(folder.path()); });
    if (!end.empty() && end != "told" && end != "thrown") return end;
    if (open_files() != open) return "a file stayed open";
    if (end.empty() && *result != *whole) return "something else was read";
    if (end.empty()) ++board.kept;
    return "";
  };
}

}  // namespace

TEST_CASE("memory that is refused anywhere harms no file that is written", "[failing][law]") {
  for (const Writing& writing : all_writings()) check_all(writing.name, attempt_of(writing));
}

TEST_CASE("memory that is refused anywhere ends reading in a message", "[failing][law]") {
  for (const Reading& reading : all_readings()) check_all(reading.name, attempt_of(reading));
}

}  // namespace dlc::tests

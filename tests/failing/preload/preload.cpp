// The failing calls for a program as it stands: to be loaded before its libraries by LD_PRELOAD. The
// environment says what is to happen; the program itself knows nothing of it.
//
//   DLC_FAILING=TROUBLE:CALLS:ERROR:N   once, onwards, shortened or killed; write or memory; errno; from 1, 0
//   counts only DLC_FAILING_FOLDER=PATH             calls with files in whose path this stands; for memory,
//   those after the first of them DLC_FAILING_COUNT=FILE              how many of the calls there were

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/failing/failing_calls.h"

namespace {

__attribute__((constructor)) void begin() {
  const char* const wanted = std::getenv("DLC_FAILING");
  if (wanted == nullptr) return;
  char trouble[16] = {};
  char calls[16] = {};
  dlc::FailurePlan plan;
  if (std::sscanf(wanted, "%15[a-z]:%15[a-z]:%d:%ld", trouble, calls, &plan.error, &plan.at) != 4)
    std::abort();
  if (std::strcmp(trouble, "onwards") == 0) plan.trouble = dlc::Trouble::onwards;
  if (std::strcmp(trouble, "shortened") == 0) plan.trouble = dlc::Trouble::shortened;
  if (std::strcmp(trouble, "killed") == 0) plan.trouble = dlc::Trouble::killed;
  plan.calls = std::strcmp(calls, "memory") == 0 ? bit(dlc::SystemCall::memory) : dlc::calls_that_write;
  dlc::fail_everywhere(plan, std::getenv("DLC_FAILING_FOLDER"));
}

__attribute__((destructor)) void end() {
  const char* const file = std::getenv("DLC_FAILING_COUNT");
  if (file == nullptr) return;
  const long count = dlc::calls_so_far();
  if (std::FILE* const to = std::fopen(file, "w")) {
    std::fprintf(to, "%ld\n", count);
    std::fclose(to);
  }
}

}  // namespace

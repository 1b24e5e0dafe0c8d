// The report is written while the process is broken: perhaps in a signal handler, with a lock held or the
// heap in pieces. So what is certain comes first, by system calls alone and from texts that were prepared at
// the start. Printing the graph is not certain: a child process tries it, and if it falls or hangs the rest
// is there.

#include "tools/dlc/bug_report.h"

#include <cxxabi.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <new>
#include <typeinfo>
#include <utility>

#include "compiler/passes/runner/run_passes.h"

namespace dlc {

namespace {

constexpr int status_of_failures = 1;
constexpr int status_of_our_mistakes = 70;
constexpr unsigned seconds_for_the_graph = 20;

/// A signal handler is given a number, so this cannot be handed to it.
struct Scene {
  std::string facts;  // command and versions
  std::string file;
  std::string_view stage = "start";
  const Graph* graph = nullptr;
  std::atomic<pid_t> reporter{0};  // the thread that reports
};

Scene& scene() {
  static Scene the_scene;
  return the_scene;
}

void put(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(to, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

int create(int folder, const char* name) {
  return openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

using Name = std::array<char, 32>;

/// Makes dlc-bug-1, or the next that is free. An empty name where that cannot be.
Name make_folder() {
  constexpr std::string_view beginning = "dlc-bug-";
  for (int number = 1; number < 1000; ++number) {
    Name name{};
    std::memcpy(name.data(), beginning.data(), beginning.size());
    std::to_chars(name.data() + beginning.size(), name.data() + name.size() - 1, number);
    if (mkdir(name.data(), 0777) == 0) return name;
    if (errno != EEXIST) break;
  }
  return {};
}

void put_message(int to, std::initializer_list<std::string_view> message) {
  const bool is_pass = find_pass(scene().stage) != nullptr;
  put(to, is_pass ? "internal error in the pass " : "internal error in the stage ");
  put(to, scene().stage);
  put(to, ": ");
  for (const std::string_view part : message) put(to, part);
  put(to, "\n");
}

void copy_file(int folder) {
  if (scene().file.empty()) return;
  const int from = open(scene().file.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0) return;
  const int to = create(folder, "model.net");
  std::array<char, 4096> block{};
  for (ssize_t got = read(from, block.data(), block.size()); got > 0;
       got = read(from, block.data(), block.size())) {
    put(to, {block.data(), static_cast<std::size_t>(got)});
  }
  close(to);
  close(from);
}

void copy_graph(int folder) {
  if (scene().graph == nullptr) return;
  const pid_t child = _Fork();  // The fork that a signal handler may call.
  if (child == 0) {
    scene().reporter = gettid();
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(signal, SIG_DFL);
    alarm(seconds_for_the_graph);
    const std::string text = print(*scene().graph);
    const int to = create(folder, "graph.txt");
    put(to, text);
    _exit(to < 0 ? 1 : 0);
  }
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
}

std::atomic<bool> memory_was_refused = false;

void refuse_memory() {
  memory_was_refused = true;
  throw std::bad_alloc();
}

/// What breaks on the way from there to where it is handled (a destructor that asks for memory or finds an
/// object half made) is no mistake of ours; what breaks after that is.
void end_if_memory_was_refused() {
  const std::type_info* const handled = abi::__cxa_current_exception_type();
  const bool is_on_the_way = std::uncaught_exceptions() > 0 && memory_was_refused;
  if (is_on_the_way || (handled != nullptr && *handled == typeid(std::bad_alloc))) end_without_memory();
}

/// Libraries tell that memory is exhausted by a failure like any other, or by SIGABRT.
void end_if_memory_is_exhausted() {
  constexpr std::size_t some = std::size_t{64} << 20;
  void* const tried = mmap(nullptr, some, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (tried == MAP_FAILED) end_without_memory();
  munmap(tried, some);
}

[[noreturn]] void report(std::initializer_list<std::string_view> message) {
  end_if_memory_was_refused();
  pid_t nobody = 0;
  if (!scene().reporter.compare_exchange_strong(nobody, gettid())) {
    if (nobody == gettid()) _exit(status_of_our_mistakes);  // Reporting went wrong too.
    while (true) pause();                                   // Another thread was first, and will end us.
  }
  put(STDERR_FILENO, "dlc: ");
  put_message(STDERR_FILENO, message);
  const Name name = make_folder();
  const int folder = name[0] == 0 ? -1 : open(name.data(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    put(STDERR_FILENO, "dlc: no folder dlc-bug-1 could be made here for a report\n");
    _exit(status_of_our_mistakes);
  }
  const int file = create(folder, "report.txt");
  put_message(file, message);
  put(file, scene().facts);
  close(file);
  copy_file(folder);
  copy_graph(folder);
  put(STDERR_FILENO, "dlc: this is a mistake of dlc, not of the file; ");
  put(STDERR_FILENO, name.data());
  put(STDERR_FILENO, "/ holds what is needed to find it: please send it\n");
  _exit(status_of_our_mistakes);
}

void end_by_exception() {
  end_if_memory_is_exhausted();
  report({"a failure within was not taken care of"});
}

void report_signal(int signal) {
  if (signal == SIGABRT) end_if_memory_is_exhausted();
  const char* name = sigabbrev_np(signal);
  report({"it was stopped by SIG", name == nullptr ? "?" : name});
}

}  // namespace

void report_our_mistakes(const std::string& command, const std::string& file) {
  scene().facts = "command: " + command + "\nversions: dlc " DLC_VERSION ", LLVM " DLC_LLVM_VERSION "\n";
  scene().file = file;
  std::set_new_handler(refuse_memory);
  std::set_terminate(end_by_exception);
  // A stack that has overflown cannot hold the handler.
  alignas(std::max_align_t) static std::array<std::byte, std::size_t{1} << 20> other_stack;
  stack_t stack = {};
  stack.ss_sp = other_stack.data();
  stack.ss_size = other_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_handler = report_signal;
  action.sa_flags = SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigaction(signal, &action, nullptr);
}

void now_at(std::string_view stage, const Graph* graph) {
  scene().stage = stage;
  scene().graph = graph;
}

Observer reporting_mistakes(Observer observer) {
  observer.begins = [](std::string_view work, const Graph& graph) { now_at(work, &graph); };
  observer.failed = [](std::string_view work, const std::string& text, const Graph& graph) {
    our_mistake(work, text, graph);
  };
  return observer;
}

void our_mistake(std::string_view stage, const std::string& message, const Graph& graph) {
  end_if_memory_is_exhausted();
  now_at(stage, &graph);
  report({message});
}

void our_mistake(const std::string& message, const std::string& only_reported) {
  end_if_memory_is_exhausted();
  scene().graph = nullptr;
  if (!only_reported.empty()) scene().facts += "words: " + only_reported + "\n";
  report({message});
}

void end_without_memory() {
  put(STDERR_FILENO, "dlc: there is not enough memory\n");
  _exit(status_of_failures);
}

}  // namespace dlc

/// What assert calls (an interface of the Linux Standard Base): here the message is known, and no handler is
/// between us and the mistake.
extern "C" void __assert_fail(const char* assertion, const char* file, unsigned line,  // NOLINT
                              const char* function) noexcept {
  std::array<char, 16> number{};
  std::to_chars(number.data(), number.data() + number.size() - 1, line);
  dlc::report({file, ":", number.data(), ": ", assertion, " should hold in ", function});
}

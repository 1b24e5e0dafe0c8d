#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <functional>

#include "runtime/files/atomic_write.h"
#include "tests/files/temporary_folder.h"

using namespace dlc;

namespace {

std::vector<std::string> entries(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename());
  return names;
}

// What `work` says in a process of its own, whose limits and user may be changed.
std::string in_another_process(const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string text = work();
    write_fully(ends[1], std::as_bytes(std::span(text)));
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 256> buffer{};
  for (ssize_t count = 0; (count = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return text;
}

}  // namespace

TEST_CASE("a file is written whole and leaves nothing beside it", "[files]") {
  const TemporaryFolder folder;
  const std::array<std::string_view, 3> texts{"first ", "", "second"};
  std::vector<std::span<const std::byte>> pieces;
  for (const std::string_view text : texts) pieces.push_back(std::as_bytes(std::span(text)));
  REQUIRE(write_atomically(folder / "a.txt", pieces));
  CHECK(content_of(folder / "a.txt") == "first second");
  REQUIRE(write_atomically(folder / "a.txt", "shorter"));
  CHECK(content_of(folder / "a.txt") == "shorter");
  folder.put("a.txt.part", "what a crash has left, longer than the text");
  REQUIRE(write_atomically(folder / "a.txt", ""));
  CHECK(content_of(folder / "a.txt").empty());
  CHECK(entries(folder.path()) == std::vector<std::string>{"a.txt"});
}

TEST_CASE("a full disk leaves the file as it was", "[files]") {
  const int full = open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  CHECK(write_fully(full, std::as_bytes(std::span(std::string_view("x")))) == ENOSPC);
  close(full);

  // A limit on file sizes cuts a write short first, and refuses the rest then, as a disk does that becomes
  // full.
  const TemporaryFolder folder;
  folder.put("a.txt", "old");
  const std::string said = in_another_process([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto result = write_atomically(folder / "a.txt", std::string(5000, 'x'));
    return result ? "written" : one_line(result.failure());
  });
  CHECK(without_folder(said, folder) ==
        "a.txt: cannot be written: the file would be larger than allowed here");
  CHECK(content_of(folder / "a.txt") == "old");
  CHECK(entries(folder.path()) == std::vector<std::string>{"a.txt"});
}

TEST_CASE("a folder that may not be written is said", "[files]") {
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec |
                                   std::filesystem::perms::others_read | std::filesystem::perms::others_exec);
  const std::string said = in_another_process([&] {
    if (geteuid() == 0 && setuid(65534) != 0)
      return std::string("no other user");  // root may write everywhere
    const auto result = write_atomically(folder / "a.txt", "text");
    return result ? "written" : one_line(result.failure());
  });
  CHECK(without_folder(said, folder) == "a.txt: cannot be written: permission is denied");
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);

  const auto none = write_atomically(folder / "none/a.txt", "text");
  REQUIRE_FALSE(none);
  CHECK(without_folder(one_line(none.failure()), folder) ==
        "none/a.txt: cannot be written: there is no such file or folder");
  std::filesystem::create_directory(folder / "b");
  const auto on_folder = write_atomically(folder / "b", "text");
  REQUIRE_FALSE(on_folder);
  CHECK(without_folder(one_line(on_folder.failure()), folder) == "b: cannot be written: this is a folder");
  CHECK(entries(folder.path()) == std::vector<std::string>{"b"});
}

TEST_CASE("bytes go through a pipe that takes them in parts", "[files]") {
  const std::string text = in_another_process([] { return std::string(300000, 'y'); });
  CHECK(text == std::string(300000, 'y'));
}

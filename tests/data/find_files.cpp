#include "runtime/data/readers/find_files.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/files/temporary_folder.h"

using namespace dlc;

namespace {

using Texts = std::vector<std::string>;

Texts expanded(std::string_view pattern) {
  const auto names = expand_braces(pattern);
  REQUIRE(names);
  return *names;
}

// The same question, answered by trying all ways to cut the name.
bool matches_by_trying(std::string_view name, std::string_view pattern) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] != '*') {
    return !name.empty() && name[0] == pattern[0] && matches_by_trying(name.substr(1), pattern.substr(1));
  }
  for (std::size_t cut = 0; cut <= name.size(); ++cut) {
    if (matches_by_trying(name.substr(cut), pattern.substr(1))) return true;
  }
  return false;
}

// A variable of the environment that is put back.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    const char* const old = std::getenv(name);
    if (old != nullptr) old_ = old;
    had_ = old != nullptr;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (had_) {
      setenv(name_, old_.c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string old_;
  bool had_ = false;
};

}  // namespace

TEST_CASE("braces stand for ranges and lists", "[data][files]") {
  CHECK(expanded("a.bin") == Texts{"a.bin"});
  CHECK(expanded("b{1..3}.bin") == Texts{"b1.bin", "b2.bin", "b3.bin"});
  CHECK(expanded("{3..1}") == Texts{"3", "2", "1"});
  CHECK(expanded("{08..11}") == Texts{"08", "09", "10", "11"});
  CHECK(expanded("{0..2}") == Texts{"0", "1", "2"});
  CHECK(expanded("{x,y}{1..2}") == Texts{"x1", "x2", "y1", "y2"});
  CHECK(expanded("{a}{..}{1..}{}{1..x}") == Texts{"{a}{..}{1..}{}{1..x}"});
  CHECK(expanded("{a{1..2}") == Texts{"{a1", "{a2"});
  CHECK(expanded("{1..2") == Texts{"{1..2"});
  CHECK(expanded("{a,}b") == Texts{"ab", "b"});
  for (const char* many : {"{1..1000000}", "{1..999999999999999}", "{1..400}{1..400}"}) {
    const auto names = expand_braces(many);
    REQUIRE_FALSE(names);
    CHECK(one_line(names.failure()) == std::string(many) + ": the braces stand for more than 100000 files");
  }
}

TEST_CASE("a star stands for any letters", "[data][files][law]") {
  const std::string letters = "ab*";
  for (int code = 0; code < 3 * 3 * 3 * 3 * 3; ++code) {
    std::string pattern;
    for (int rest = code; rest > 0; rest /= 3) pattern += letters[static_cast<std::size_t>(rest % 3)];
    for (int bits = 0; bits < 64; ++bits) {
      std::string name;
      for (int rest = bits; rest > 1; rest /= 2) name += rest % 2 == 0 ? 'a' : 'b';
      INFO(name << " " << pattern);
      CHECK(matches(name, pattern) == matches_by_trying(name, pattern));
    }
  }
  CHECK_FALSE(matches(".hidden", "*"));
  CHECK(matches(".hidden", ".*"));
}

TEST_CASE("files are looked for place by place", "[data][files]") {
  const TemporaryFolder folder;
  folder.put("net/one.csv", "");
  folder.put("first/two1.csv", "");
  folder.put("second/two1.csv", "");
  folder.put("second/two2.csv", "");
  folder.put("second/deep/b/x.png", "");
  folder.put("second/deep/a/z.png", "");
  folder.put("second/deep/a/y.png", "");
  const SearchPlaces places{{folder / "net", folder / "first", folder / "second"}};
  const auto found = [&](std::string_view pattern) {
    const auto paths = find_data_files(pattern, places);
    REQUIRE(paths);
    Texts names;
    for (const auto& path : *paths) names.push_back(without_folder(path.string(), folder));
    return names;
  };
  CHECK(found("one.csv") == Texts{"net/one.csv"});
  CHECK(found("two1.csv") == Texts{"first/two1.csv"});
  CHECK(found("two{1..2}.csv") == Texts{"second/two1.csv", "second/two2.csv"});
  CHECK(found("two*.csv") == Texts{"first/two1.csv"});
  CHECK(found("deep/*/*.png") == Texts{"second/deep/a/y.png", "second/deep/a/z.png", "second/deep/b/x.png"});
  CHECK(found((folder / "second/two{2,1}.csv").string()) == Texts{"second/two2.csv", "second/two1.csv"});

  const auto said = [&](std::string_view pattern) {
    const auto paths = find_data_files(pattern, places);
    REQUIRE_FALSE(paths);
    return without_folder(one_line(paths.failure()), folder);
  };
  const std::string looked = "; looked in net, first, second (more places: the variable DLC_DATA)";
  CHECK(said("three.csv") == "three.csv: there is no such file" + looked);
  CHECK(said("two{1..3}.csv") == "two3.csv: there is no such file" + looked);
  CHECK(said("three*.csv") == "three*.csv: no file has such a name" + looked);
  CHECK(said("/none/train-images-idx3-ubyte.gz") ==
        "/none/train-images-idx3-ubyte.gz: there is no such file; MNIST is "
        "https://ossci-datasets.s3.amazonaws.com/mnist/, its four .gz files");
  CHECK(said("/none/fashion-mnist/train-images-idx3-ubyte.gz") ==
        "/none/fashion-mnist/train-images-idx3-ubyte.gz: there is no such file; Fashion-MNIST is the Debian "
        "package "
        "dataset-fashion-mnist: apt-get install it");
  CHECK(said("cifar-10-batches-bin/data_batch_{1..5}.bin").find("cifar-10-binary.tar.gz") !=
        std::string::npos);
}

TEST_CASE("the places are the file's folder, DLC_DATA and the user's data", "[data][files]") {
  const auto folders = [](const char* net) {
    Texts names;
    for (const auto& folder : search_places(net).folders) names.push_back(folder.string());
    return names;
  };
  const Variable data("DLC_DATA", "/a:/b/c::/d:");
  {
    const Variable share("XDG_DATA_HOME", "/share");
    CHECK(folders("wine.net") == Texts{".", "/a", "/b/c", "/d", "/share/dlc"});
  }
  const Variable share("XDG_DATA_HOME", "");
  const Variable home("HOME", "/home/u");
  CHECK(folders("x/wine.net") == Texts{"x", "/a", "/b/c", "/d", "/home/u/.local/share/dlc"});
}

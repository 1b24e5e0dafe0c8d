#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "runtime/files/history.h"
#include "runtime/files/run_folder.h"
#include "runtime/files/run_record.h"
#include "tests/files/temporary_folder.h"

using namespace dlc;

TEST_CASE("runs are numbered, and no number is used twice", "[files][run]") {
  const TemporaryFolder folder;
  const auto made = [&](std::string_view name) {
    const auto run = make_run_folder(folder.path(), name);
    REQUIRE(run);
    folder.put("runs/" + run->filename().string() + "/model.net", "x");
    return run->filename().string();
  };
  CHECK(made("cifar10") == "cifar10-001");
  CHECK(made("cifar10") == "cifar10-002");
  CHECK(made("cifar10-2") == "cifar10-2-001");
  CHECK(made("cifar") == "cifar-001");
  std::filesystem::create_directories(folder / "runs/cifar10-041");
  folder.put("runs/cifar10-77x", "no run");
  CHECK(made("cifar10") == "cifar10-042");
  std::filesystem::remove_all(folder / "runs/cifar10-001");
  CHECK(made("cifar10") == "cifar10-043");
  std::filesystem::create_directories(folder / "runs/cifar10-999");
  CHECK(made("cifar10") == "cifar10-1000");
  std::vector<std::string> names;
  for (const auto& run : runs_of(folder.path(), "cifar10")) names.push_back(run.filename());
  CHECK(names == std::vector<std::string>{"cifar10-002", "cifar10-042", "cifar10-043", "cifar10-1000"});
  CHECK(runs_of(folder / "none", "cifar10").empty());
}

TEST_CASE("a folder that holds a run is never taken", "[files][run]") {
  const TemporaryFolder folder;
  CHECK(take_run_folder(folder / "new/deep"));
  CHECK(take_run_folder(folder / "new/deep"));
  for (const char* file :
       {"model.net", "run.json", "history.csv", "history.json", "best.safetensors", "last.safetensors"}) {
    const TemporaryFolder other;
    other.put("notes.txt", "mine");
    CHECK_FALSE(holds_run(other.path()));
    CHECK(take_run_folder(other.path()));
    other.put(file, "");
    const auto refused = take_run_folder(other.path());
    REQUIRE_FALSE(refused);
    CHECK(refused.failure().command_line);
    CHECK(refused.failure().what ==
          "this folder holds a run, and a run is never written over; choose another --out");
  }
  folder.put("file", "");
  const auto refused = take_run_folder(folder / "file");
  REQUIRE_FALSE(refused);
  CHECK(without_folder(one_line(refused.failure()), folder) ==
        "file: the folder cannot be made: a part of the path is no folder");
  const auto none = make_run_folder(folder / "file", "x");
  REQUIRE_FALSE(none);
  CHECK(without_folder(one_line(none.failure()), folder) ==
        "file/runs: the folder cannot be made: a part of the path is no folder");
}

TEST_CASE("model.net says the overrides at its head", "[files][run]") {
  const TemporaryFolder folder;
  REQUIRE(write_model(folder.path(), "net n(x) { x }\n", {}));
  CHECK(content_of(folder / "model.net") == "net n(x) { x }\n");
  REQUIRE(write_model(folder.path(), "net n(x) { x }\n", {{"rate", "0.01"}, {"names", "[1,\n2]"}}));
  CHECK(content_of(folder / "model.net") == "# run with rate=0.01 names=[1, 2]\n\nnet n(x) { x }\n");
}

TEST_CASE("run.json comes back as it was", "[files][run]") {
  const TemporaryFolder folder;
  RunRecord record{.command = {"dlc", "wine.net", "--train", "rate=0.1"},
                   .overrides = {{"rate", "0.1"}, {"epochs", "3"}},
                   .seed = 18446744073709551615U,
                   .threads = 2,
                   .dlc_version = "0.1.0",
                   .llvm_version = "19.1",
                   .processor = processor_name(),
                   .data = {{.path = "data/wine \"1\".csv", .bytes = 10782, .sha256 = "e9c1"}},
                   .started = now_as_text(),
                   .ended = "",
                   .end = RunEnd::running,
                   .remark = "",
                   .epoch = 0,
                   .step = 0,
                   .seconds = 0,
                   .kept = {},
                   .folder = "/home/me/my models"};
  CHECK(record.started.size() == 20);
  CHECK_FALSE(record.processor.empty());
  REQUIRE(write_run_record(folder.path(), record));
  auto read = read_run_record(folder.path());
  REQUIRE(read);
  CHECK(*read == record);
  for (const RunEnd end :
       {RunEnd::finished, RunEnd::stopped_early, RunEnd::interrupted, RunEnd::not_finite, RunEnd::failed}) {
    record.end = end;
    record.ended = now_as_text();
    record.kept = KeptEpoch{.metric = "valid.accuracy", .value = 0.7048, .epoch = 9};
    REQUIRE(write_run_record(folder.path(), record));
    read = read_run_record(folder.path());
    REQUIRE(read);
    CHECK(*read == record);
  }
  const std::string whole = content_of(folder / "run.json");
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    folder.put("run.json", whole.substr(0, size));
    const auto cut = read_run_record(folder.path());
    REQUIRE_FALSE(cut);
    CHECK(without_folder(one_line(cut.failure()), folder).starts_with("run.json: this is no JSON (at byte "));
  }
  folder.put("run.json", "{}");
  const auto other = read_run_record(folder.path());
  REQUIRE_FALSE(other);
  CHECK(without_folder(one_line(other.failure()), folder) ==
        "run.json: this is no run.json of dlc: a member is missing or of another type");
}

TEST_CASE("the history is a table and a document", "[files][run]") {
  const TemporaryFolder folder;
  History history;
  history.columns = {"train.loss", "valid.loss", "valid.accuracy"};
  CHECK(history_csv(history) == "epoch,step,seconds,train.loss,valid.loss,valid.accuracy\n");
  history.classes = {"cat", "dog"};
  history.rows.push_back(
      {.epoch = 1,
       .step = 1563,
       .seconds = 14.25,
       .values = {1.0874, 0.1, 0.6252},
       .tensors = {{"valid.confusion", {2, 2}, {3, 1, 0, 4}}, {"valid.recall", {2}, {0.75, 1}}}});
  history.rows.push_back(
      {.epoch = 2, .step = 3126, .seconds = 28.5, .values = {1.0 / 3, std::nullopt, 5e-324}, .tensors = {}});
  CHECK(history_csv(history) ==
        "epoch,step,seconds,train.loss,valid.loss,valid.accuracy\n"
        "1,1563,14.25,1.0874,0.1,0.6252\n"
        "2,3126,28.5,0.3333333333333333,,5e-324\n");
  REQUIRE(write_history(folder.path(), history));
  CHECK(content_of(folder / "history.csv") == history_csv(history));
  const auto read = read_history(folder.path());
  REQUIRE(read);
  CHECK(*read == history);
}

TEST_CASE("what is not finite has a place in both", "[files][run]") {
  const TemporaryFolder folder;
  History history;
  history.columns = {"train.loss", "valid.loss", "test.loss"};
  const double infinite = std::numeric_limits<double>::infinity();
  history.rows.push_back(
      {.epoch = 1, .step = 1, .seconds = 1, .values = {std::nan(""), infinite, -infinite}, .tensors = {}});
  CHECK(history_csv(history) == "epoch,step,seconds,train.loss,valid.loss,test.loss\n1,1,1,nan,inf,-inf\n");
  REQUIRE(write_history(folder.path(), history));
  const auto read = read_history(folder.path());
  REQUIRE(read);
  for (const auto& value : read->rows.at(0).values) {
    REQUIRE(value);
    CHECK(std::isnan(*value));
  }
  folder.put("history.json", "{\"columns\": 3}");
  const auto wrong = read_history(folder.path());
  REQUIRE_FALSE(wrong);
  CHECK(without_folder(one_line(wrong.failure()), folder) ==
        "history.json: this is no history of dlc: a member is missing or of another type");
  folder.put("history.json", "{");
  CHECK_FALSE(read_history(folder.path()));
}

TEST_CASE("records changed at random are read or refused in a line", "[files][run][fuzz]") {
  const TemporaryFolder folder;
  History history;
  history.columns = {"train.loss", "valid.loss"};
  history.classes = {"cat", "dog"};
  history.rows.push_back({.epoch = 1,
                          .step = 2,
                          .seconds = 3.5,
                          .values = {1.5, std::nullopt},
                          .tensors = {{"valid.confusion", {2, 2}, {3, 1, 0, 4}}}});
  RunRecord record;
  record.overrides = {{"rate", "0.1"}};
  record.data = {{.path = "wine.csv", .bytes = 10782, .sha256 = "e9c1"}};
  record.kept = KeptEpoch{.metric = "valid.accuracy", .value = 0.7, .epoch = 9};
  REQUIRE(write_run_record(folder.path(), record));
  const std::string texts[] = {history_json(history), content_of(folder / "run.json")};
  const std::string_view letters = "\"{}[],:0123456789-e. \\\xff";
  std::size_t read = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    std::string text = texts[seed % 2];
    for (std::size_t changes = 1 + random() % 2; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0: text[at] = letters[random() % letters.size()]; break;
        case 1: text.erase(at, 1 + random() % 9); break;
        default: text.insert(at, 1, letters[random() % letters.size()]); break;
      }
    }
    const std::string name = seed % 2 == 0 ? "history.json" : "run.json";
    folder.put(name, text);
    const auto is_told = [&](const Failure& failure) {
      return without_folder(one_line(failure), folder).starts_with(name + ": this is no ");
    };
    if (seed % 2 == 0) {
      const auto result = read_history(folder.path());
      read += result ? 1 : 0;
      if (result) CHECK_NOTHROW(history_json(*result) + history_csv(*result));
      if (!result) CHECK(is_told(result.failure()));
    } else {
      const auto result = read_run_record(folder.path());
      read += result ? 1 : 0;
      if (!result) CHECK(is_told(result.failure()));
    }
  }
  CHECK(read > 300);
}

#include "tests/failing/scenarios.h"

#include "runtime/data/readers/readers.h"
#include "runtime/files/atomic_write.h"
#include "runtime/files/history.h"
#include "runtime/files/input_file.h"
#include "runtime/files/run_folder.h"
#include "runtime/files/run_record.h"
#include "runtime/files/safetensors.h"
#include "runtime/files/sha256.h"
#include "runtime/report/curve.h"
#include "tests/files/packed.h"
#include "tests/files/temporary_folder.h"

namespace dlc::tests {

namespace {

namespace fs = std::filesystem;

Result<void> write_tensors(const fs::path& folder, int version) {
  const std::vector<float> numbers(static_cast<std::size_t>(1000 + version), static_cast<float>(version));
  const std::vector<std::int64_t> steps{version};
  const std::vector<TensorView> views{
      {"w", ElementType::f32, {static_cast<std::int64_t>(numbers.size())}, std::as_bytes(std::span(numbers))},
      {"step", ElementType::i64, {1}, std::as_bytes(std::span(steps))}};
  return write_safetensors(folder / "last.safetensors", views, {{"epoch", std::to_string(version)}});
}

History history_of(int version) {
  History history;
  history.columns = {"train.loss", "valid.loss"};
  history.classes = {"cat", "dog"};
  for (int row = 1; row <= version; ++row) {
    history.rows.push_back({.epoch = row,
                            .step = 10 * row,
                            .seconds = 0.5,
                            .values = {1.0 / row, std::nullopt},
                            .tensors = {{"valid.confusion", {2, 2}, {3, 1, 0, 4}}}});
  }
  return history;
}

Result<void> write_record(const fs::path& folder, int version) {
  RunRecord record;
  record.command = {"dlc", "wine.net", "--train"};
  record.overrides = {{"epochs", std::to_string(version)}};
  record.data = {{.path = "wine.csv", .bytes = 10, .sha256 = std::string(64, 'a')}};
  record.epoch = version;
  record.kept = KeptEpoch{.metric = "valid.accuracy", .value = 0.5, .epoch = 1};
  return write_run_record(folder, record);
}

Result<void> write_picture(const fs::path& folder, int version) {
  return write_atomically(folder / "curve.svg", curve_svg(curve_of(history_of(version), "wine.net", 1)));
}

/// The folder of a run is made anew by each version.
Result<void> begin_run(const fs::path& folder, int) {
  const Result<fs::path> run = make_run_folder(folder, "wine");
  if (!run) return run.failure();
  return write_model(*run, "net n(x[1]) { x }\n", {{"rate", "0.1"}});
}

void put(const fs::path& path, const std::string& content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

std::string told(const DataTable& table) {
  std::string text = std::to_string(table.count);
  for (const Column& column : table.columns) {
    text += "\n" + column.name + " " + std::to_string(column.count) + ":";
    for (const std::int64_t extent : column.shape) text += " " + std::to_string(extent);
    text.append(reinterpret_cast<const char*>(column.data.data()), column.data.size());
    for (const std::string& cell : column.text) text += " " + cell;
  }
  return text;
}

/// A reader of data, of one file or of all that a pattern finds.
Reading reading(const std::string& reader, const std::string& pattern, const Files& files) {
  return {reader + " " + pattern,
          [files](const fs::path& folder) {
            for (const auto& [name, content] : files) put(folder / name, content);
          },
          [reader, pattern](const fs::path& folder) -> Result<std::string> {
            const ReaderCall call{.reader = reader,
                                  .files = {{reader == "idx" ? "x" : "", pattern}},
                                  .names = {},
                                  .separator = ',',
                                  .missing = {}};
            Result<DataTable> table = read_data(call, {{folder}});
            if (!table) return table.failure();
            return told(*table);
          }};
}

std::string one_image() {
  using namespace std::string_literals;
  // 2 x 1 pixels of grey: header, deflated pixels and end, each with its check sum.
  return "\211PNG\015\012\032\012\000\000\000\015IHDR\000\000\000\002\000\000\000\001\010\000\000\000\000\321"
         "I\040V"
         "\000\000\000\013IDATx\234c\020\370\000\000"
         "\001\023\001\001u\133f\374\000\000\000\000IEND\256B\140\202"s;
}

std::string whole_record(char label) {
  return std::string(1, label) + std::string(3072, static_cast<char>(40 + label));
}

}  // namespace

std::vector<Writing> all_writings() {
  return {{"weights", write_tensors},
          {"history",
           [](const fs::path& folder, int version) { return write_history(folder, history_of(version)); }},
          {"record", write_record},
          {"curve", write_picture},
          {"model", begin_run}};
}

std::vector<Reading> all_readings() {
  using namespace std::string_literals;
  const std::string idx = "\0\0\x0b\x01\0\0\0\x03"s + "abcdef";
  const std::string table = "name,size\ncat,1\n\"d\nog\",2\nowl,\n";
  const auto read_text = [](const fs::path& folder) { return read_whole(folder / "a.txt"); };
  std::string text(200000, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i * i % 23);
  return {
      {"text", [text](const fs::path& folder) { put(folder / "a.txt", text); }, read_text},
      {"packed text", [text](const fs::path& folder) { put(folder / "a.txt", packed(text)); }, read_text},
      {"sum of a file", [text](const fs::path& folder) { put(folder / "a.txt", text); },
       [](const fs::path& folder) -> Result<std::string> {
         const Result<FileDigest> digest = digest_of_file(folder / "a.txt");
         if (!digest) return digest.failure();
         return digest->sha256;
       }},
      {"weights", [](const fs::path& folder) { (void)write_tensors(folder, 1); },
       [](const fs::path& folder) -> Result<std::string> {
         const Result<Tensors> tensors = read_safetensors(folder / "last.safetensors");
         if (!tensors) return tensors.failure();
         std::string all = tensors->metadata.at("epoch");
         for (const TensorView& view : tensors->views) all += view.name;
         return all.append(reinterpret_cast<const char*>(tensors->bytes.data()), tensors->bytes.size());
       }},
      {"history", [](const fs::path& folder) { (void)write_history(folder, history_of(2)); },
       [](const fs::path& folder) -> Result<std::string> {
         const Result<History> history = read_history(folder);
         if (!history) return history.failure();
         return history_json(*history);
       }},
      {"record", [](const fs::path& folder) { (void)write_record(folder, 1); },
       [](const fs::path& folder) -> Result<std::string> {
         const Result<RunRecord> record = read_run_record(folder);
         if (!record) return record.failure();
         return record->overrides.at(0).second + record->data.at(0).sha256 + record->kept->metric;
       }},
      reading("idx", "a.idx", {{"a.idx", idx}}),
      reading("idx", "a{1,2}.gz", {{"a1.gz", packed(idx)}, {"a2.gz", packed(idx)}}),
      reading("csv", "*.csv", {{"a.csv", table}, {"b.csv", table}}),
      reading("cifar", "b_{1..2}.bin", {{"b_1.bin", whole_record(1)}, {"b_2.bin", packed(whole_record(2))}}),
      reading("images", "*/*.png",
              {{"cat/1.png", one_image()}, {"dog/1.png", one_image()}, {"dog/2.png", one_image()}}),
  };
}

Files files_of(const fs::path& folder) {
  Files files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), folder)] = content_of(entry.path());
  }
  return files;
}

int open_files() {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace dlc::tests

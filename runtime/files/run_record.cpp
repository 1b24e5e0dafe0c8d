#include "runtime/files/run_record.h"

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

#include "runtime/files/atomic_write.h"
#include "runtime/files/input_file.h"

namespace dlc {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 6> end_names = {"running",     "finished",   "stopped early",
                                                       "interrupted", "not finite", "failed"};

Json as_json(const RunRecord& record) {
  Json json = Json::object();  // one that becomes an object later breaks when memory is refused
  json["command"] = record.command;
  json["folder"] = record.folder;
  json["overrides"] = Json::object();
  for (const auto& [name, value] : record.overrides) json["overrides"][name] = value;
  json["seed"] = record.seed;
  json["threads"] = record.threads;
  json["dlc"] = record.dlc_version;
  json["llvm"] = record.llvm_version;
  json["processor"] = record.processor;
  json["data"] = Json::array();
  for (const FileDigest& file : record.data) {
    json["data"].push_back({{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  json["started"] = record.started;
  json["ended"] = record.ended;
  json["end"] = end_names[static_cast<std::size_t>(record.end)];
  json["remark"] = record.remark;
  json["epoch"] = record.epoch;
  json["step"] = record.step;
  json["seconds"] = record.seconds;
  json["kept"] = nullptr;
  if (record.kept) {
    json["kept"] = {
        {"metric", record.kept->metric}, {"value", record.kept->value}, {"epoch", record.kept->epoch}};
  }
  return json;
}

RunEnd end_named(const std::string& name) {
  for (std::size_t i = 0; i < end_names.size(); ++i) {
    if (end_names[i] == name) return static_cast<RunEnd>(i);
  }
  return RunEnd::failed;
}

// Throws what the library throws where a member is missing or of another type.
RunRecord from_json(const Json& json) {
  RunRecord record;
  record.command = json.at("command").get<std::vector<std::string>>();
  record.folder = json.value("folder", std::string());
  for (const auto& [name, value] : json.at("overrides").items()) {
    record.overrides.emplace_back(name, value.get<std::string>());
  }
  record.seed = json.at("seed").get<std::uint64_t>();
  record.threads = json.at("threads").get<std::int64_t>();
  record.dlc_version = json.at("dlc").get<std::string>();
  record.llvm_version = json.at("llvm").get<std::string>();
  record.processor = json.at("processor").get<std::string>();
  for (const Json& file : json.at("data")) {
    record.data.push_back({.path = file.at("path").get<std::string>(),
                           .bytes = file.at("bytes").get<std::int64_t>(),
                           .sha256 = file.at("sha256").get<std::string>()});
  }
  record.started = json.at("started").get<std::string>();
  record.ended = json.at("ended").get<std::string>();
  record.end = end_named(json.at("end").get<std::string>());
  record.remark = json.at("remark").get<std::string>();
  record.epoch = json.at("epoch").get<std::int64_t>();
  record.step = json.at("step").get<std::int64_t>();
  record.seconds = json.at("seconds").get<double>();
  if (const Json& kept = json.at("kept"); !kept.is_null()) {
    const Json& value = kept.at("value");
    record.kept = KeptEpoch{.metric = kept.at("metric").get<std::string>(),
                            .value = value.get<double>(),
                            .epoch = kept.at("epoch").get<std::int64_t>()};
  }
  return record;
}

}  // namespace

Result<void> write_run_record(const std::filesystem::path& folder, const RunRecord& record) {
  const std::string text = as_json(record).dump(2, ' ', false, Json::error_handler_t::replace);
  return write_atomically(folder / "run.json", text + "\n");
}

Result<RunRecord> read_run_record(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "run.json";
  const Result<std::string> text = read_whole(path, 1 << 24);
  if (!text) return text.failure();
  try {
    return from_json(Json::parse(*text));
  } catch (const Json::parse_error& error) {
    return Failure{
        .what = "this is no JSON", .file = path.string(), .byte = static_cast<std::int64_t>(error.byte)};
  } catch (const Json::exception&) {
    return Failure{.what = "this is no run.json of dlc: a member is missing or of another type",
                   .file = path.string()};
  }
}

std::string now_as_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), length};
}

std::string processor_name() {
  const Result<std::string> text = read_whole("/proc/cpuinfo");
  if (!text) return "unknown";
  const std::string_view mark = "model name";
  const std::size_t line = text->find(mark);
  const std::size_t colon = line == std::string::npos ? line : text->find(": ", line);
  if (colon == std::string::npos) return "unknown";
  return text->substr(colon + 2, text->find('\n', colon) - colon - 2);
}

}  // namespace dlc

#include "tools/dlc/run/start_weights.h"

#include <cstdio>
#include <cstring>
#include <filesystem>

#include "runtime/files/input_file.h"
#include "runtime/files/safetensors.h"
#include "runtime/report/format.h"

namespace dlc {

namespace {

/// An optimizer's states (PARAMETER:STATE) and the figures of the data are a run's own.
bool is_of_a_net(const std::string& name) {
  return name.find(':') == std::string::npos && !name.starts_with("data.");
}

using Names = std::vector<std::string>;

struct Found {
  Names taken;
  Names only_in_net;
  Names only_in_file;
  Names other_shape;
};

Found take(const Tensors& tensors, Weights& weights) {
  Found found;
  for (Weights::Entry& entry : weights.entries()) {
    if (!is_of_a_net(entry.name)) continue;
    const TensorView* view = tensors.find(entry.name);
    if (view == nullptr) {
      found.only_in_net.push_back(entry.name);
    } else if (view->shape != entry.shape || view->element != ElementType::f32) {
      found.other_shape.push_back(entry.name + " (" + shape_text(view->shape) + " there, " +
                                  shape_text(entry.shape) + " here" +
                                  (view->element == ElementType::f32 ? ")" : "; not f32)"));
    } else {
      std::memcpy(entry.buffer.data(), view->data.data(), view->data.size());
      found.taken.push_back(entry.name);
    }
  }
  for (const TensorView& view : tensors.views) {
    if (is_of_a_net(view.name) && weights.find(view.name) == nullptr) found.only_in_file.push_back(view.name);
  }
  return found;
}

void say(const char* what, const Names& names) {
  if (names.empty()) return;
  std::string line = std::string("  ") + what + ":";
  for (const std::string& name : names) line += " " + name + (&name == &names.back() ? "" : ",");
  std::fprintf(stderr, "%s\n", line.c_str());
}

/// The file of `start from`, beside the .net file.
std::filesystem::path start_path(const Session& session, const std::string& file) {
  return std::filesystem::path(session.options().file).parent_path() / file;
}

}  // namespace

Result<void> find_start(const Session& session) {
  const auto& start = session.model().train.start;
  if (!start) return {};
  const Result<InputFile> file = InputFile::open(start_path(session, start->file));
  if (file) return {};
  Failure failure = file.failure();
  failure.what += "; `start from` looks beside " + session.options().file;
  return failure;
}

Result<void> start_weights(const Session& session, Weights& weights) {
  const auto& start = session.model().train.start;
  if (!start) return {};
  const std::filesystem::path path = start_path(session, start->file);
  const Result<Tensors> tensors = read_safetensors(path);
  if (!tensors) return tensors.failure();
  const Found found = take(*tensors, weights);
  if (found.taken.empty()) {
    std::string what = "nothing in it has the name and shape of a value of " + session.model().file;
    if (!found.other_shape.empty()) what += "; other shapes: " + found.other_shape.front();
    if (!found.only_in_file.empty() && !found.only_in_net.empty())
      what += "; it has " + found.only_in_file.front() + " and no " + found.only_in_net.front();
    return Failure{.what = what, .file = path.string()};
  }
  if (session.options().has("quiet")) return {};
  std::fprintf(stderr, "start from %s\n", path.c_str());
  say("taken", found.taken);
  say("not in the file", found.only_in_net);
  say("not in the net", found.only_in_file);
  say("of another shape", found.other_shape);
  return {};
}

}  // namespace dlc

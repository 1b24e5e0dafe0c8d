// A training step of a .net file on random numbers, kernel by kernel: where its time goes.
//   bench-step FILE.net [BATCH] [THREADS] [avx512|avx2|sse2] [PASS that is left out]…

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "compiler/compile.h"
#include "compiler/target/target.h"
#include "dsl/elaborate/elaborate.h"
#include "dsl/elaborate/names/library.h"
#include "dsl/grammar/parse.h"
#include "runtime/threads/pool.h"

namespace dlc {
namespace {

struct Wish {
  std::string file;
  std::int64_t batch = 0;  // 0: the file's
  unsigned threads = 1;
  std::string instructions;
  std::vector<std::string> skipped;
};

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Wish wish_of(std::span<char* const> arguments) {
  Wish wish;
  wish.file = arguments[0];
  bool has_batch = false;
  for (const std::string_view word : arguments.subspan(1)) {
    if (const std::optional<std::int64_t> number = whole_number(word)) {
      if (has_batch) wish.threads = static_cast<unsigned>(*number);
      if (!has_batch) wish.batch = *number;
      has_batch = true;
    } else if (word == "avx512" || word == "avx2" || word == "sse2") {
      wish.instructions = word;
    } else {
      wish.skipped.emplace_back(word);
    }
  }
  return wish;
}

/// The graph of the training step; prints what is wrong with the file if there is none.
std::optional<Graph> training_step(const Wish& wish) {
  std::ifstream in(wish.file);
  std::ostringstream text;
  text << in.rdbuf();
  Sources sources;
  Diagnostics diagnostics;
  const std::vector<Tree> library = parse_library(sources, diagnostics);
  const std::optional<Tree> tree = parse(sources.add(wish.file, text.str()), sources, diagnostics);
  std::optional<Model> model;
  if (tree) model = elaborate(*tree, library, sources, ElaborateOptions{}, diagnostics);
  if (!model || diagnostics.has_errors()) {
    std::fputs(to_text(diagnostics, sources).c_str(), stderr);
    return std::nullopt;
  }
  const std::int64_t batch = wish.batch > 0 ? wish.batch : std::max<std::int64_t>(1, model->train.batch);
  return model->step(batch, Mode::training);
}

using Memory = std::vector<double>;  // aligned well enough for any element

Memory random_elements(const Slot& slot, std::mt19937& random) {
  const auto elements = static_cast<std::size_t>(count(slot.type.shape));
  Memory memory(elements / 2 + 8);
  auto* const bytes = reinterpret_cast<std::byte*>(memory.data());
  std::normal_distribution<float> normal(0, 0.1F);
  for (std::size_t i = 0; i < elements; ++i) {
    if (slot.type.element == Element::f32) {
      const float value = slot.role == Slot::Role::state ? 1.0F : normal(random);
      std::memcpy(bytes + i * 4, &value, 4);
    } else if (slot.type.element == Element::i32) {
      const auto values = static_cast<std::uint64_t>(slot.type.most - slot.type.least) + 1;
      const auto value =
          static_cast<std::int32_t>(slot.type.least + static_cast<std::int64_t>(random() % values));
      std::memcpy(bytes + i * 4, &value, 4);
    } else {
      bytes[i] = static_cast<std::byte>(slot.type.kind == Kind::boolean ? random() % 2 : random() % 10);
    }
  }
  return memory;
}

void print(const Step& step, int runs) {
  std::vector<KernelReport> kernels = step.kernels();
  std::sort(kernels.begin(), kernels.end(), [](const auto& a, const auto& b) { return a.time > b.time; });
  double total = 0;
  std::map<std::string, double> by_schedule;
  for (const KernelReport& kernel : kernels) {
    const double microseconds = static_cast<double>(kernel.time.count()) / 1e3 / runs;
    total += microseconds;
    by_schedule[kernel.schedule] += microseconds;
  }
  std::printf("%zu kernels, %.0f us a step, arena %.1f MB (at least %.1f)\n", kernels.size(), total,
              static_cast<double>(step.arena_bytes()) / 1e6,
              static_cast<double>(step.arena_lower_bound()) / 1e6);
  for (const auto& [schedule, microseconds] : by_schedule)
    std::printf("  %-12s %8.0f us\n", schedule.c_str(), microseconds);
  for (const KernelReport& kernel : kernels) {
    const double microseconds = static_cast<double>(kernel.time.count()) / 1e3 / runs;
    const double rate = static_cast<double>(kernel.operations) / microseconds / 1e3;
    std::printf("%9.1f us %-11s %7.1f GFLOP/s  %.110s\n", microseconds, kernel.schedule.c_str(), rate,
                kernel.name.c_str());
  }
}

int measure(const Wish& wish) {
  std::optional<Graph> graph = training_step(wish);
  const std::optional<Target> target = host_target(wish.instructions);
  if (!graph || !target) return 1;
  CompileOptions options;
  options.skipped = wish.skipped;
  options.threads = target->cores;
  std::variant<Step, std::string> compiled = compile(std::move(*graph), *target, {}, options);
  Step* const step = std::get_if<Step>(&compiled);
  if (!step) {
    std::fprintf(stderr, "%s\n", std::get<std::string>(compiled).c_str());
    return 1;
  }
  std::mt19937 random(1);
  std::vector<Memory> memories;
  for (std::size_t s = 0; s < step->slots().size(); ++s) {
    memories.push_back(random_elements(step->slots()[s], random));
    step->bind(SlotId(s), memories.back().data());
  }
  ThreadPool pool(wish.threads);
  const ParallelChunks parallel = [&](std::int64_t chunks, const auto& body) { pool.run(chunks, body); };
  constexpr int runs = 20;
  for (int i = 0; i < 3; ++i) step->run(parallel);
  step->measure(true);
  for (int i = 0; i < runs; ++i) step->run(parallel);
  print(*step, runs);
  return 0;
}

}  // namespace
}  // namespace dlc

int main(int count, char** arguments) {
  if (count < 2) {
    std::fputs("bench-step FILE.net [BATCH] [THREADS] [avx512|avx2|sse2] [PASS]...\n", stderr);
    return 2;
  }
  return dlc::measure(dlc::wish_of(std::span(arguments + 1, static_cast<std::size_t>(count - 1))));
}

// Contractions against the peak of the multiply-add units, measured in the same run: dense layers and
// convolutions in their three roles.
//   bench-contraction [part of a name] [avx512|avx2|sse2] [--why]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <random>
#include <string>

#include "compiler/kernels/contraction/contraction.h"
#include "compiler/llvm/code.h"
#include "runtime/threads/pool.h"

namespace dlc {
namespace {

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Shape {
  std::string name;
  std::int64_t batch, height, width, inputs, outputs, kernel = 1, stride = 1, dilation = 1, pad = 0;
  bool depthwise = false;
  std::int64_t out_height() const { return (height + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1; }
  std::int64_t out_width() const { return (width + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1; }
};

struct Sized {
  Contraction contraction;
  double multiply_adds = 0;  // inside the borders
};

/// 0 forward, 1 the gradient of the image, 2 that of the weight. Images are [n, y, x, c], weights [i, j, c,
/// o] (depthwise [i, j, c]).
Sized role_of(const Shape& s, int role) {
  const std::int64_t row = s.width * s.inputs, image = s.height * row;
  const std::int64_t channels = s.depthwise ? s.inputs : s.outputs;
  const std::int64_t out_row = s.out_width() * channels, out = s.out_height() * out_row;
  const std::int64_t w_j = s.depthwise ? s.inputs : s.inputs * s.outputs, w_i = s.kernel * w_j;
  const std::int64_t w_c = s.depthwise ? 1 : s.outputs;
  Sized result;
  Contraction& p = result.contraction;
  p.name = "contraction";
  const bool gradient = role == 1, weight = role == 2;
  const std::int64_t h = gradient ? s.height : s.out_height(), w = gradient ? s.width : s.out_width();
  struct Strides {
    std::int64_t image, out, weight;
  };
  const auto add = [&](const char* name, std::int64_t extent, Strides t) {
    p.indices.push_back({name,
                         extent,
                         gradient ? t.image
                         : weight ? t.weight
                                  : t.out,
                         gradient ? t.out : t.image,
                         weight ? t.out : t.weight,
                         {}});
  };
  add("n", s.batch, {image, out, 0});
  add("y", h, {gradient ? row : s.stride * row, out_row, 0});
  add("x", w, {gradient ? s.inputs : s.stride * s.inputs, channels, 0});
  add("i", s.kernel, {gradient ? 0 : s.dilation * row, gradient ? -s.dilation * out_row : 0, w_i});
  add("j", s.kernel, {gradient ? 0 : s.dilation * s.inputs, gradient ? -s.dilation * channels : 0, w_j});
  add("c", s.inputs, {1, s.depthwise ? 1 : 0, w_c});
  if (!s.depthwise) add("o", s.outputs, {0, 1, 1});
  const std::int64_t sign = gradient ? -1 : 1, step = gradient ? 1 : s.stride;
  const std::int64_t tall = gradient ? s.out_height() : s.height, wide = gradient ? s.out_width() : s.width;
  p.borders = {{-sign * s.pad, {{1, step}, {3, sign * s.dilation}}, tall, false},
               {-sign * s.pad, {{2, step}, {4, sign * s.dilation}}, wide, false}};
  p.a_offset = gradient ? s.pad * (out_row + channels) : -s.pad * (row + s.inputs);
  const std::int64_t weights = s.kernel * w_i, in = s.batch * image, o = s.batch * out;
  p.buffers = {{"out", Element::f32,
                gradient ? in
                : weight ? weights
                         : o},
               {"a", Element::f32, gradient ? o : in},
               {"b", Element::f32, weight ? o : weights}};
  p.out = BufferId{0};
  p.a = BufferId{1};
  p.b = BufferId{2};
  const auto valid = [&](std::int64_t outs, std::int64_t ins) {
    double count = 0;
    for (std::int64_t y = 0; y < outs; ++y) {
      for (std::int64_t k = 0; k < s.kernel; ++k) {
        const std::int64_t at = step * y + sign * (s.dilation * k - s.pad);
        count += at >= 0 && at < ins ? 1 : 0;
      }
    }
    return count;
  };
  result.multiply_adds = static_cast<double>(s.batch * s.inputs * (s.depthwise ? 1 : s.outputs)) *
                         valid(h, tall) * valid(w, wide);
  return result;
}

/// Processor seconds of this thread: what others run meanwhile does not count.
double own_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Seconds of the fastest of many runs; of one thread, its own.
double time_of(ThreadPool& pool, const Code& code, const std::vector<Loops>& phases,
               std::byte* const* buffers) {
  double best = 1e9;
  const double start = seconds();
  for (int round = 0; round < 2000 && (round < 5 || seconds() - start < 0.12); ++round) {
    const auto now = pool.threads() == 1 ? own_seconds : seconds;
    const double before = now();
    for (std::size_t i = 0; i < phases.size(); ++i) {
      KernelFunction* kernel = code[i];
      pool.run(phases[i].chunks,
               [&](std::int64_t first, std::int64_t last) { kernel(buffers, first, last); });
    }
    best = std::min(best, now() - before);
  }
  return best;
}

/// Multiply-adds of f32 a second on so many threads: independent sums in registers, nothing else.
double peak(ThreadPool& pool, const Target& target) {
  constexpr std::int64_t turns = 20000, sums = 12;
  const std::uint32_t lanes = target.widest().lanes();
  LoopsBuilder builder("peak");
  const BufferId out = builder.buffer("out", Element::f32, 64 * lanes * sums);
  const LoopVariable chunk = builder.chunks(pool.threads());
  std::vector<RegisterId> start;
  for (std::int64_t i = 0; i < sums; ++i)
    start.push_back(builder.load({Kind::number, lanes}, {out, i * lanes}));
  const RegisterId factor = builder.constant(0.5, {Kind::number, lanes});
  const std::vector<RegisterId> end =
      builder.loop("turn", 0, turns, 1, start, [&](LoopVariable, std::span<const RegisterId> values) {
        std::vector<RegisterId> next;
        for (const RegisterId value : values) next.push_back(builder.multiply_add(value, factor, factor));
        return next;
      });
  for (std::size_t i = 0; i < end.size(); ++i) {
    builder.store(end[i], {out, Affine(chunk) * (lanes * sums) + static_cast<std::int64_t>(i) * lanes});
  }
  const std::vector<Loops> kernels = {std::move(builder).finish()};
  const auto code = Code::make(kernels, target);
  std::vector<float> memory(64 * lanes * sums);
  std::byte* buffers[] = {reinterpret_cast<std::byte*>(memory.data())};
  const double time = time_of(pool, std::get<Code>(code), kernels, buffers);
  return static_cast<double>(turns * sums * lanes * pool.threads()) / time;
}

struct Options {
  std::string filter;
  std::string target;
  bool why = false;
};

void run_role(const Shape& shape, int role, const Target& target, ThreadPool& one, ThreadPool& all,
              const double* peaks, const Options& options) {
  const Sized sized = role_of(shape, role);
  const double start = own_seconds();
  const ContractionKernels kernels = schedule_contraction(sized.contraction, target);
  const double scheduled = own_seconds();
  const auto made = Code::make(kernels.phases, target);
  const double compiled = own_seconds();
  if (!std::holds_alternative<Code>(made)) {
    std::printf("  %s\n", std::get<std::string>(made).c_str());
    return;
  }
  std::vector<std::vector<float>> memory;
  std::vector<std::byte*> buffers;
  for (const loops::Buffer& buffer : kernels.phases.front().buffers) {
    memory.emplace_back(static_cast<std::size_t>(buffer.elements) + 64, 0.01F);
    const auto address = reinterpret_cast<std::uintptr_t>(memory.back().data());
    buffers.push_back(reinterpret_cast<std::byte*>((address + 63) / 64 * 64));
  }
  double percent[2];
  ThreadPool* pools[] = {&one, &all};
  for (int i = 0; i < 2; ++i) {
    const double time = time_of(*pools[i], std::get<Code>(made), kernels.phases, buffers.data());
    percent[i] = 100 * sized.multiply_adds / time / peaks[i];
  }
  std::printf("  %s %3.0f %3.0f",
              role == 0   ? "forward"
              : role == 1 ? "input"
                          : "weight",
              percent[0], percent[1]);
  if (options.why) {
    std::printf(
        "   model %3.0f, schedule %.1f ms, code %.1f ms; %s\n",
        100 * sized.multiply_adds / kernels.cost / target.widest().lanes() / target.widest().multiply_adds,
        1e3 * (scheduled - start), 1e3 * (compiled - scheduled), kernels.choice.c_str());
  }
}

std::vector<Shape> shapes() {
  return {{"dense 128x784-512", 128, 1, 1, 784, 512},
          {"dense 128x512-512", 128, 1, 1, 512, 512},
          {"dense 128x512-10", 128, 1, 1, 512, 10},
          {"dense 1x784-512", 1, 1, 1, 784, 512},
          {"conv3 64-64 14x14 b32", 32, 14, 14, 64, 64, 3},
          {"conv3 3-32 32x32 b32", 32, 32, 32, 3, 32, 3},
          {"conv3 pad 16-16 32x32 b128", 128, 32, 32, 16, 16, 3, 1, 1, 1},
          {"conv3 pad 64-64 8x8 b128", 128, 8, 8, 64, 64, 3, 1, 1, 1},
          {"conv3 pad stride 2 16-32 b32", 32, 32, 32, 16, 32, 3, 2, 1, 1},
          {"conv1 stride 2 16-32 b32", 32, 32, 32, 16, 32, 1, 2},
          {"conv5 dilation 2 32-32 b32", 32, 20, 20, 32, 32, 5, 1, 2},
          {"conv3 33-61 29x31 b16", 16, 29, 31, 33, 61, 3},
          {"conv3 pad 33-61 29x31 b16", 16, 29, 31, 33, 61, 3, 1, 1, 1},
          {"depthwise3 pad 64 16x16 b32", 32, 16, 16, 64, 1, 3, 1, 1, 1, true},
          {"dense 96x300-200", 96, 1, 1, 300, 200},
          {"conv3 pad 48-96 12x12 b32", 32, 12, 12, 48, 96, 3, 1, 1, 1},
          {"conv5 pad 8-24 28x28 b32", 32, 28, 28, 8, 24, 5, 1, 1, 2},
          {"conv1 96-40 7x7 b32", 32, 7, 7, 96, 40},
          {"fashion conv3 1-32 28x28 b64", 64, 28, 28, 1, 32, 3},
          {"fashion conv3 32-64 13x13 b64", 64, 13, 13, 32, 64, 3},
          {"fashion conv3 64-64 5x5 b64", 64, 5, 5, 64, 64, 3},
          {"fashion dense 64x576-64", 64, 1, 1, 576, 64}};
}

void run(const Options& options) {
  const auto target = host_target(options.target);
  if (!target) return;
  ThreadPool one(1);
  ThreadPool all(target->cores);
  // On all threads so many times that of one, for a busy machine lets none run undisturbed together.
  const double single = peak(one, *target);
  const double peaks[] = {single, single * target->cores};
  std::printf("%s: peak %.1f GFLOP/s on one thread, %.1f on %u; percent of it below\n", target->name.c_str(),
              2e-9 * peaks[0], 2e-9 * peaks[1], target->cores);
  for (const Shape& shape : shapes()) {
    if (shape.name.find(options.filter) == std::string::npos) continue;
    std::printf("%-30s%s", shape.name.c_str(), options.why ? "\n" : "");
    for (int role = 0; role < 3; ++role) {
      if (role == 1 && shape.stride > 1) continue;  // comes as phases, each a contraction
      run_role(shape, role, *target, one, all, peaks, options);
    }
    std::printf("\n");
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace dlc

int main(int argc, char** argv) {
  dlc::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--why")
      options.why = true;
    else if (argument == "avx512" || argument == "avx2" || argument == "sse2")
      options.target = argument;
    else
      options.filter = argument;
  }
  dlc::run(options);
}

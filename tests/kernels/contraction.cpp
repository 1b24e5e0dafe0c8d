// The contraction schedule against naive loops in double precision: matrix products, convolutions in their
// three roles and flat problems made at random; results may not depend on which thread runs which chunk.

#include "compiler/kernels/contraction/contraction.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "compiler/llvm/code.h"
#include "compiler/loops/read.h"

namespace dlc {
namespace {

using Random = std::mt19937;

std::int64_t between(Random& random, std::int64_t least, std::int64_t most) {
  return std::uniform_int_distribution<std::int64_t>(least, most)(random);
}

/// Visits all values of the indices with the places of out, a and b; `inside` tells whether the borders hold.
template <typename Visit>
void walk(const Contraction& problem, const Visit& visit) {
  std::vector<std::int64_t> values(problem.indices.size());
  for (;;) {
    std::int64_t out = problem.out_offset, a = problem.a_offset, b = problem.b_offset;
    for (std::size_t i = 0; i < values.size(); ++i) {
      out += values[i] * problem.indices[i].out;
      a += values[i] * problem.indices[i].a;
      b += values[i] * problem.indices[i].b;
    }
    bool inside = true;
    for (const Contraction::Border& border : problem.borders) {
      std::int64_t sum = border.constant;
      for (const auto& term : border.terms) sum += term.coefficient * values[term.index];
      inside = inside && sum >= 0 && sum < border.extent;
    }
    visit(out, a, b, inside);
    std::size_t i = values.size();
    while (i > 0 && ++values[i - 1] == problem.indices[i - 1].extent) values[--i] = 0;
    if (i == 0) return;
  }
}

void set_buffers(Contraction& problem) {
  std::int64_t out = 0, a = 0, b = 0;
  walk(problem, [&](std::int64_t o, std::int64_t x, std::int64_t y, bool inside) {
    out = std::max(out, o);
    if (!inside) return;
    a = std::max(a, x);
    b = std::max(b, y);
  });
  problem.buffers = {{"out", Element::f32, out + 1}, {"a", Element::f32, a + 1}, {"b", Element::f32, b + 1}};
  problem.out = BufferId{0};
  problem.a = BufferId{1};
  problem.b = BufferId{2};
}

Contraction matrix_product(Random& random) {
  const bool tiny = between(random, 0, 3) == 0;
  const std::int64_t m = between(random, 1, tiny ? 2 : 40), n = between(random, 1, tiny ? 2 : 70);
  const std::int64_t k = between(random, 1, tiny ? 2 : 90);
  const bool a_turned = between(random, 0, 1) != 0, b_turned = between(random, 0, 1) != 0;
  Contraction problem;
  problem.name = "product";
  problem.indices = {{"m", m, n, a_turned ? 1 : k, 0, {}},
                     {"n", n, 1, 0, b_turned ? k : 1, {}},
                     {"k", k, 0, a_turned ? m : 1, b_turned ? 1 : n, {}}};
  return problem;
}

struct Convolution {
  std::int64_t batch, height, width, kernel, stride, dilation, pad, inputs, outputs, out_height, out_width;
};

Convolution random_convolution(Random& random) {
  for (;;) {
    Convolution c{};
    c.batch = between(random, 1, 3);
    c.height = between(random, 1, 13);
    c.width = between(random, 1, 19);
    c.kernel = between(random, 1, 4);
    c.stride = between(random, 1, 2);
    c.dilation = between(random, 1, 2);
    c.pad = between(random, 0, 2);
    c.inputs = between(random, 1, 20);
    c.outputs = between(random, 1, 37);
    const std::int64_t reach = c.dilation * (c.kernel - 1) + 1;
    if (c.height + 2 * c.pad < reach || c.width + 2 * c.pad < reach) continue;
    c.out_height = (c.height + 2 * c.pad - reach) / c.stride + 1;
    c.out_width = (c.width + 2 * c.pad - reach) / c.stride + 1;
    return c;
  }
}

/// out[n, y, x, o] = sum image[n, s y + d i - p, s x + d j - p, c] * weight[i, j, c, o], else 0. `role`: 0
/// forward; 1 the gradient of the image (stride 1 only); 2 that of the weight.
Contraction convolution(const Convolution& c, int role) {
  const std::int64_t image_row = c.width * c.inputs, image = c.height * image_row;
  const std::int64_t out_row = c.out_width * c.outputs, out = c.out_height * out_row;
  const std::int64_t w_i = c.kernel * c.inputs * c.outputs, w_j = c.inputs * c.outputs;
  Contraction p;
  p.name = "convolution";
  if (role == 1) {
    // dx[n, y, x, c] = sum dy[n, y + p - d i, x + p - d j, o] w[i, j, c, o]
    p.indices = {{"n", c.batch, image, out, 0, {}},
                 {"y", c.height, image_row, out_row, 0, {}},
                 {"x", c.width, c.inputs, c.outputs, 0, {}},
                 {"c", c.inputs, 1, 0, c.outputs, {}},
                 {"i", c.kernel, 0, -c.dilation * out_row, w_i, {}},
                 {"j", c.kernel, 0, -c.dilation * c.outputs, w_j, {}},
                 {"o", c.outputs, 0, 1, 1, {}}};
    p.a_offset = c.pad * (out_row + c.outputs);
    p.borders = {{c.pad, {{1, 1}, {4, -c.dilation}}, c.out_height, false},
                 {c.pad, {{2, 1}, {5, -c.dilation}}, c.out_width, false}};
    return p;
  }
  const bool weight = role == 2;
  p.indices = {{"n", c.batch, weight ? 0 : out, image, weight ? out : 0, {}},
               {"y", c.out_height, weight ? 0 : out_row, c.stride * image_row, weight ? out_row : 0, {}},
               {"x", c.out_width, weight ? 0 : c.outputs, c.stride * c.inputs, weight ? c.outputs : 0, {}},
               {"i", c.kernel, weight ? w_i : 0, c.dilation * image_row, weight ? 0 : w_i, {}},
               {"j", c.kernel, weight ? w_j : 0, c.dilation * c.inputs, weight ? 0 : w_j, {}},
               {"c", c.inputs, weight ? c.outputs : 0, 1, weight ? 0 : c.outputs, {}},
               {"o", c.outputs, 1, 0, 1, {}}};
  p.a_offset = -c.pad * (image_row + c.inputs);
  p.borders = {{-c.pad, {{1, c.stride}, {3, c.dilation}}, c.height, false},
               {-c.pad, {{2, c.stride}, {4, c.dilation}}, c.width, false}};
  return p;
}

/// out[h, i, d] = sum over j <= i of p[h, i, j] v[h, j, d]: a border between an output and the sum that cuts
/// every position.
Contraction causal(Random& random) {
  const std::int64_t heads = between(random, 1, 3), length = between(random, 1, 70),
                     depth = between(random, 1, 40);
  Contraction problem;
  problem.name = "causal";
  problem.indices = {{"h", heads, length * depth, length * length, length * depth, {}},
                     {"i", length, depth, length, 0, {}},
                     {"j", length, 0, 1, depth, {}},
                     {"d", depth, 1, 0, 1, {}}};
  problem.borders = {{0, {{1, 1}, {2, -1}}, length, false}};
  return problem;
}

/// Few outputs and long sums.
Contraction long_sums(Random& random) {
  const std::int64_t m = between(random, 1, 20), n = between(random, 1, 40), k = between(random, 1000, 3000);
  const std::int64_t turns = between(random, 2, 4);
  Contraction problem;
  problem.name = "long";
  problem.indices = {{"t", turns, 0, k * m, k * n + 1, {}},
                     {"k", k, 0, m, n, {}},
                     {"m", m, n, 1, 0, {}},
                     {"n", n, 1, 0, 1, {}}};
  return problem;
}

/// The gradient of a strided window, by phases: out[n, p, phase, c] = sum of y[n, p - q, f] *
/// w[phase + stride * q, c, f], where w has `kernel` rows: b is read outside, and stands across.
Contraction phases(Random& random) {
  const std::int64_t batch = between(random, 1, 9), size = between(random, 2, 9),
                     stride = between(random, 2, 3);
  const std::int64_t inputs = between(random, 1, 40), outputs = between(random, 1, 40);
  const std::int64_t kernel = between(random, 1, 4), turns = (kernel + stride - 1) / stride;
  Contraction p;
  p.name = "phases";
  p.indices = {{"n", batch, size * stride * inputs, size * outputs, 0, {}},
               {"p", size, stride * inputs, outputs, 0, {}},
               {"phase", stride, inputs, 0, inputs * outputs, {}},
               {"q", turns, 0, -outputs, stride * inputs * outputs, {}},
               {"c", inputs, 1, 0, outputs, {}},
               {"f", outputs, 0, 1, 1, {}}};
  p.borders = {{0, {{1, 1}, {3, -1}}, size, false}, {0, {{2, 1}, {3, stride}}, kernel, true}};
  return p;
}

/// A convolution in groups: depthwise where a group has one channel.
Contraction grouped(Random& random) {
  const std::int64_t groups = between(random, 1, 20), inputs = between(random, 1, 3),
                     outputs = between(random, 1, 3);
  const std::int64_t size = between(random, 3, 9), kernel = between(random, 1, 3);
  const std::int64_t out_size = size - kernel + 1, in_channels = groups * inputs,
                     out_channels = groups * outputs;
  Contraction p;
  p.name = "grouped";
  p.indices = {{"y", out_size, out_size * out_channels, size * in_channels, 0, {}},
               {"x", out_size, out_channels, in_channels, 0, {}},
               {"g", groups, outputs, inputs, outputs, {}},
               {"o", outputs, 1, 0, 1, {}},
               {"i", kernel, 0, size * in_channels, kernel * inputs * out_channels, {}},
               {"j", kernel, 0, in_channels, inputs * out_channels, {}},
               {"c", inputs, 0, 1, out_channels, {}}};
  return p;
}

/// Any roles and any order of strides.
Contraction flat(Random& random) {
  Contraction p;
  p.name = "flat";
  const std::int64_t count = between(random, 1, 5);
  std::int64_t out = 1, a = 1, b = 1;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t extent = between(random, 1, i == 0 ? 40 : 9);
    const auto role = between(random, 0, 3);
    Contraction::Index index{"i" + std::to_string(i), extent, 0, 0, 0, {}};
    if (role != 3) {
      index.out = out;
      out *= extent;
    }
    if (role != 1) {
      index.a = a;
      a *= extent;
    }
    if (role != 0) {
      index.b = b;
      b *= extent;
    }
    p.indices.push_back(index);
  }
  std::shuffle(p.indices.begin(), p.indices.end(), random);
  return p;
}

std::vector<float> random_numbers(Random& random, std::int64_t count) {
  std::vector<float> numbers(static_cast<std::size_t>(count));
  for (float& number : numbers) number = std::uniform_real_distribution<float>(-1, 1)(random);
  return numbers;
}

struct Runner {
  const Contraction& problem;
  const ContractionKernels& kernels;
  const Code& code;
  std::vector<float> a, b, bias;

  /// As if so many threads took the chunks, from the last to the first.
  std::vector<float> run(std::int64_t threads) {
    std::vector<float> out(static_cast<std::size_t>(problem.buffers[0].elements),
                           problem.accumulate ? 0.5F : 77);
    std::vector<float> scratch(static_cast<std::size_t>(kernels.scratch_elements) + 1, NAN);
    std::vector<std::byte*> buffers;
    for (std::vector<float>* one : {&out, &a, &b, &bias, &scratch}) {
      if (one != &bias || problem.epilogue) buffers.push_back(reinterpret_cast<std::byte*>(one->data()));
    }
    for (std::size_t phase = 0; phase < kernels.phases.size(); ++phase) {
      const std::int64_t chunks = kernels.phases[phase].chunks;
      for (std::int64_t thread = threads; thread-- > 0;) {
        code[phase](buffers.data(), chunks * thread / threads, chunks * (thread + 1) / threads);
      }
    }
    return out;
  }
};

/// Doubles each sum and adds a bias that has its own stride along each output index.
void add_bias(Contraction& problem, Random& random) {
  std::int64_t reach = 0;
  for (Contraction::Index& index : problem.indices) {
    index.extra = {index.out == 0 ? 0 : between(random, 0, 2)};
    reach += index.extra[0] * (index.extent - 1);
  }
  problem.extra_offsets = {0};
  const BufferId bias{3};
  problem.buffers.push_back({"bias", Element::f32, reach + 1});
  problem.epilogue = [bias](LoopsBuilder& builder, const Contraction::Outputs& outputs) {
    loops::Address place = outputs.extra[0];
    place.buffer = bias;
    const RegisterId more = builder.load({Kind::number, outputs.lanes}, place, outputs.mask);
    const RegisterId two = builder.constant(2, {Kind::number, outputs.lanes});
    builder.store(builder.multiply_add(outputs.value, two, more), outputs.out, outputs.mask);
  };
}

/// The place in the bias for each place in out.
std::vector<std::int64_t> bias_places(const Contraction& problem) {
  Contraction view = problem;
  for (Contraction::Index& index : view.indices) index.a = index.extra[0];
  view.a_offset = 0;
  std::vector<std::int64_t> places(static_cast<std::size_t>(problem.buffers[0].elements), -1);
  walk(view, [&](std::int64_t out, std::int64_t a, std::int64_t, bool) {
    places[static_cast<std::size_t>(out)] = a;
  });
  return places;
}

/// Which mechanisms have been seen at work.
struct Seen {
  bool packed = false, packed_inside = false, outside = false, cut = false, dot = false, split = false;
};

void check(Contraction problem, const Target& target, Random& random, Seen& seen) {
  set_buffers(problem);
  const auto ending = between(random, 0, 3);
  problem.accumulate = ending == 1;
  if (ending == 2) add_bias(problem, random);
  const ContractionKernels kernels = schedule_contraction(problem, target);
  INFO(target.name << ": " << kernels.choice);
  const auto says = [&](const char* word) { return kernels.choice.find(word) != std::string::npos; };
  seen.packed = seen.packed || says("packed");
  seen.packed_inside = seen.packed_inside || (says("packed") && !says("swapped") && problem.name == "phases");
  seen.outside = seen.outside || says(" |");
  seen.split = seen.split || says("and then");
  seen.cut = seen.cut || kernels.phases.back().name.find("_add") != std::string::npos;
  seen.dot = seen.dot || print(kernels.phases.back()).find("fold") != std::string::npos;
  for (const Loops& phase : kernels.phases) {
    const std::optional<std::string> fault = first_fault(phase);
    INFO(print(phase));
    REQUIRE(fault.value_or("") == "");
    const auto again = read_loops(print(phase));
    REQUIRE(std::holds_alternative<Loops>(again));
    REQUIRE(print(std::get<Loops>(again)) == print(phase));
  }
  auto made = Code::make(kernels.phases, target);
  REQUIRE(std::holds_alternative<Code>(made));
  Runner runner{problem,
                kernels,
                std::get<Code>(made),
                random_numbers(random, problem.buffers[1].elements),
                random_numbers(random, problem.buffers[2].elements),
                random_numbers(random, problem.epilogue ? problem.buffers[3].elements : 0)};
  std::vector<double> right(static_cast<std::size_t>(problem.buffers[0].elements), 77);
  std::vector<double> size(right.size());
  walk(problem, [&](std::int64_t out, std::int64_t, std::int64_t, bool) {
    right[static_cast<std::size_t>(out)] = problem.accumulate ? 0.5 : 0;
  });
  walk(problem, [&](std::int64_t out, std::int64_t a, std::int64_t b, bool inside) {
    if (!inside) return;
    const double product = static_cast<double>(runner.a[static_cast<std::size_t>(a)]) *
                           static_cast<double>(runner.b[static_cast<std::size_t>(b)]);
    right[static_cast<std::size_t>(out)] += product;
    size[static_cast<std::size_t>(out)] += std::fabs(product);
  });
  if (problem.epilogue) {
    const std::vector<std::int64_t> places = bias_places(problem);
    for (std::size_t i = 0; i < right.size(); ++i) {
      if (places[i] < 0) continue;
      right[i] = 2 * right[i] + static_cast<double>(runner.bias[static_cast<std::size_t>(places[i])]);
    }
  }
  const std::vector<float> found = runner.run(1);
  for (std::size_t i = 0; i < right.size(); ++i) {
    if (std::fabs(static_cast<double>(found[i]) - right[i]) > 1e-5 * (size[i] + 1)) {
      INFO(print(kernels.phases.back()));
      CAPTURE(i, found[i], right[i]);
      FAIL("another sum");
    }
  }
  for (const std::int64_t threads : {2, 3, 5}) REQUIRE(runner.run(threads) == found);
}

}  // namespace

TEST_CASE("a contraction is what naive loops make of it", "[kernels][law]") {
  Random random(1);
  Seen seen;
  for (const std::string& name : host_instructions()) {
    const Target target = *host_target(name);
    for (int round = 0; round < 12; ++round) {
      check(matrix_product(random), target, random, seen);
      check(grouped(random), target, random, seen);
      check(flat(random), target, random, seen);
      check(causal(random), target, random, seen);
      check(phases(random), target, random, seen);
      if (round % 4 == 0) check(long_sums(random), target, random, seen);
      const Convolution c = random_convolution(random);
      check(convolution(c, 0), target, random, seen);
      check(convolution(c, 2), target, random, seen);
      Convolution plain = c;
      plain.stride = 1;
      plain.out_height = c.height + 2 * c.pad - c.dilation * (c.kernel - 1);
      plain.out_width = c.width + 2 * c.pad - c.dilation * (c.kernel - 1);
      check(convolution(plain, 1), target, random, seen);
    }
  }
  CHECK(seen.packed);
  CHECK(seen.packed_inside);
  CHECK(seen.outside);
  CHECK(seen.cut);
  CHECK(seen.dot);
  CHECK(seen.split);
}

}  // namespace dlc

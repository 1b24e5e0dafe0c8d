#include "tests/plan/running.h"

#include <cmath>
#include <cstring>
#include <random>

#include "compiler/differentiate/differentiate.h"
#include "compiler/plan/memory.h"

namespace dlc::test {

namespace {

std::vector<std::byte> bytes_of(const Tensor& tensor, const Type& type) {
  std::vector<std::byte> bytes(dlc::bytes_of(type));
  for (std::size_t i = 0; i < tensor.elements.size(); ++i) {
    const double value = tensor.elements[i];
    const auto put = [&](auto element) {
      std::memcpy(bytes.data() + i * sizeof element, &element, sizeof element);
    };
    switch (type.element) {
      case Element::f32: put(static_cast<float>(value)); break;
      case Element::i32: put(static_cast<std::int32_t>(value)); break;
      case Element::u8: put(static_cast<std::uint8_t>(value)); break;
    }
  }
  return bytes;
}

Tensor tensor_of(const void* data, const Type& type) {
  Tensor tensor{type.shape, {}};
  const auto* const bytes = static_cast<const std::byte*>(data);
  const auto get = [&](auto element, std::size_t i) {
    std::memcpy(&element, bytes + i * sizeof element, sizeof element);
    tensor.elements.push_back(static_cast<double>(element));
  };
  for (std::size_t i = 0; i < static_cast<std::size_t>(count(type.shape)); ++i) {
    switch (type.element) {
      case Element::f32: get(float{}, i); break;
      case Element::i32: get(std::int32_t{}, i); break;
      case Element::u8: get(std::uint8_t{}, i); break;
    }
  }
  return tensor;
}

bool same_bits(const std::map<std::string, Tensor>& a, const std::map<std::string, Tensor>& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, tensor] : a) {
    const Tensor& other = b.at(name);
    if (tensor.elements.size() != other.elements.size()) return false;
    if (std::memcmp(tensor.elements.data(), other.elements.data(), tensor.elements.size() * sizeof(double)) !=
        0) {
      return false;
    }
  }
  return true;
}

std::optional<std::string> difference(const std::map<std::string, Tensor>& found,
                                      const std::map<std::string, Tensor>& wanted, double tolerance) {
  for (const auto& [name, tensor] : wanted) {
    if (!found.contains(name)) return name + " is missing";
    const Tensor& other = found.at(name);
    double size = 1e-3;
    for (const double value : tensor.elements) {
      if (std::isfinite(value)) size = std::max(size, std::fabs(value));
    }
    for (std::size_t i = 0; i < tensor.elements.size(); ++i) {
      const double a = other.elements[i];
      const double b = tensor.elements[i];
      const bool agree = (std::isnan(a) && std::isnan(b)) || a == b || std::fabs(a - b) <= tolerance * size;
      if (!agree) {
        return name + "[" + std::to_string(i) + "] is " + std::to_string(a) + ", by the reference " +
               std::to_string(b);
      }
    }
  }
  return std::nullopt;
}

}  // namespace

bool Outcome::operator==(const Outcome& other) const {
  return same_bits(outputs, other.outputs) && same_bits(next, other.next);
}

ParallelChunks on_threads(unsigned threads) {
  return [threads](std::int64_t chunks, const std::function<void(std::int64_t, std::int64_t)>& body) {
    std::vector<std::thread> running;
    for (unsigned t = 0; t < threads; ++t) {
      const std::int64_t first = chunks * t / threads;
      const std::int64_t last = chunks * (t + 1) / threads;
      if (first < last) running.emplace_back([&body, first, last] { body(first, last); });
    }
    for (std::thread& one : running) one.join();
  };
}

std::map<std::string, Tensor> random_values(const Graph& graph, unsigned seed) {
  std::mt19937 random(seed);
  std::map<std::string, Tensor> values;
  for (const Value& value : graph.values()) {
    const bool outside = std::holds_alternative<Input>(value.node) ||
                         std::holds_alternative<Parameter>(value.node) ||
                         std::holds_alternative<State>(value.node);
    if (!outside) continue;
    Tensor tensor{value.type.shape, {}};
    const bool is_byte = value.type.element == Element::u8;
    for (std::int64_t i = 0; i < count(value.type.shape); ++i) {
      double element = 0;
      switch (value.type.kind) {
        case Kind::number:
          element = is_byte ? static_cast<double>(random() % 8)
                            : static_cast<float>(std::normal_distribution<>(0, 1)(random));
          break;
        case Kind::integer:
          element = static_cast<double>(
              std::uniform_int_distribution<std::int64_t>(value.type.least, value.type.most)(random));
          break;
        case Kind::boolean: element = static_cast<double>(random() % 2); break;
      }
      tensor.elements.push_back(element);
    }
    values[value.name] = std::move(tensor);
  }
  return values;
}

Outcome run(Step& step, const Graph& graph, const std::map<std::string, Tensor>& given, unsigned threads) {
  std::vector<std::vector<std::byte>> buffers;
  for (const Slot& slot : step.slots()) buffers.push_back(bytes_of(given.at(slot.name), slot.type));
  for (std::size_t s = 0; s < buffers.size(); ++s) step.bind(SlotId(s), buffers[s].data());
  step.run(on_threads(threads));
  Outcome outcome;
  for (std::size_t r = 0; r < step.results().size(); ++r) {
    outcome.outputs[step.results()[r].name] = tensor_of(step.data(ResultId(r)), step.results()[r].type);
  }
  for (const Value& value : graph.values()) {
    const Update* update = std::get_if<Update>(&value.node);
    if (!update) continue;
    const std::string& name = graph[update->target].name;
    const auto slot = static_cast<std::size_t>(step.slot(name).value());
    outcome.next[name] = tensor_of(buffers[slot].data(), step.slots()[slot].type);
  }
  return outcome;
}

Outcome by_reference(const Graph& graph, const std::map<std::string, Tensor>& given) {
  const Values values = evaluate(differentiate(graph), given);
  return Outcome{values.outputs, values.next};
}

std::optional<std::string> difference(const Outcome& found, const Outcome& wanted, double tolerance) {
  if (auto outputs = difference(found.outputs, wanted.outputs, tolerance)) return outputs;
  return difference(found.next, wanted.next, tolerance);
}

}  // namespace dlc::test

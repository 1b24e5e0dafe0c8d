#include "runtime/train/part.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstring>

namespace dlc {

namespace {

const PartInput* find_input(const Part& part, std::string_view name) {
  const auto found = std::find_if(part.inputs.begin(), part.inputs.end(),
                                  [&](const PartInput& input) { return input.input == name; });
  return found == part.inputs.end() ? nullptr : &*found;
}

template <class T>
std::vector<double> as_doubles(const void* data, std::size_t count) {
  const T* values = static_cast<const T*>(data);
  return std::vector<double>(values, values + count);
}

}  // namespace

BoundStep::BoundStep(Step step, std::int64_t batch, Weights& weights, const Part& part)
    : step_(std::move(step)), batch_(batch), scalars_(std::make_unique<Scalars>()) {
  weights.bind(step_);
  const std::pair<std::string_view, void*> numbers[] = {
      {"step", &scalars_->step},     {"steps", &scalars_->steps}, {"epoch", &scalars_->epoch},
      {"epochs", &scalars_->epochs}, {"key", &scalars_->key},     {"epoch_key", &scalars_->epoch_key}};
  for (const Slot& slot : step_.slots()) {
    if (slot.role != Slot::Role::input) continue;
    void* target = nullptr;
    for (const auto& [name, place] : numbers) {
      if (slot.name == name && slot.type.shape.empty()) target = place;
    }
    if (target == nullptr && slot.name == "example" && find_input(part, slot.name) == nullptr) {
      example_numbers_ = AlignedBuffer(sizeof(std::int32_t) * static_cast<std::size_t>(batch));
      target = example_numbers_.data();
    }
    if (target == nullptr) {
      const PartInput* input = find_input(part, slot.name);
      assert(input != nullptr);
      columns_.push_back({input, AlignedBuffer(input->row_bytes * static_cast<std::size_t>(batch))});
      target = columns_.back().buffer.data();
    }
    step_.bind(*step_.slot(slot.name), target);
  }
}

std::int64_t BoundStep::bytes_of_example() const {
  std::size_t bytes = 0;
  for (const ColumnBuffer& column : columns_) bytes += column.from->row_bytes;
  return static_cast<std::int64_t>(bytes);
}

void BoundStep::gather(std::span<const std::int64_t> examples) {
  for (ColumnBuffer& column : columns_) {
    const std::size_t bytes = column.from->row_bytes;
    std::byte* to = column.buffer.data();
    for (const std::int64_t example : examples) {
      std::memcpy(to, column.from->rows.data() + static_cast<std::size_t>(example) * bytes, bytes);
      to += bytes;
    }
  }
  if (example_numbers_.size() > 0) {
    std::byte* to = example_numbers_.data();
    for (const std::int64_t example : examples) {
      const auto number = static_cast<std::int32_t>(example);
      std::memcpy(to, &number, sizeof number);
      to += sizeof number;
    }
  }
}

void BoundStep::run(std::span<const std::int64_t> examples, const StepNumbers& numbers,
                    const ParallelChunks& parallel) {
  assert(static_cast<std::int64_t>(examples.size()) == batch_);
  const auto start = std::chrono::steady_clock::now();
  gather(examples);
  seconds_of_gathering_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  *scalars_ = {numbers.step, numbers.steps, numbers.epoch, numbers.epochs, numbers.key, numbers.epoch_key};
  step_.run(parallel);
}

std::vector<double> BoundStep::result(std::string_view name) const {
  const std::optional<ResultId> id = step_.result(name);
  if (!id) return {};
  const Type& type = step_.results()[static_cast<std::size_t>(*id)].type;
  const std::size_t elements = static_cast<std::size_t>(count(type.shape));
  switch (type.element) {
    case Element::f32: return as_doubles<float>(step_.data(*id), elements);
    case Element::i32: return as_doubles<std::int32_t>(step_.data(*id), elements);
    case Element::u8: return as_doubles<std::uint8_t>(step_.data(*id), elements);
  }
  return {};
}

std::int32_t draw_key(std::uint64_t seed, std::uint64_t step) {
  std::uint64_t mixed = seed * 0x9E3779B97F4A7C15U + step;  // splitmix64 (Steele et al. 2014)
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return static_cast<std::int32_t>((mixed ^ (mixed >> 31)) & 0x7FFFFFFFU);
}

}  // namespace dlc
